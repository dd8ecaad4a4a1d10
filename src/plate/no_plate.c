/*
 * no_plate.c
 *		Words by which cameras say that there is no plate.
 *
 * Taken for a plate, such a word would be one car's: the second car without a
 * plate would be inside already.  So nothing is booked under it, and a read of
 * it goes to a person.
 */
#include "no_plate.h"

#include <string.h>

#define LENGTH_OF(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * As vendors and their middleware write them, and the same in the languages of
 * their markets; up to 16 characters, longer text is no plate anyway.  A word
 * that stands on plates of a country's regular series is not among them.
 */
static const char *const vendors_words[] = {
	/* Genetec, Dahua, Hikvision; what programs write for nothing */
	"no plate", "noplate", "no plates found", "plate not found", "not found", "notfound",
	"unlicensed", "unknown", "unknown plate", "none", "null", "n/a", "undefined",
	"no read", "not read", "unread", "unreadable", "unrecognized", "unrecognised",
	"not recognized", "not recognised", "not detected", "undetected", "no license", "no licence",
	"illegible",

	/* Chinese, simplified and traditional */
	"无车牌", "无牌", "无牌车", "车牌", "无", "未知", "未识别", "无法识别", "未检测到", "未检测到车牌",
	"无号牌", "未悬挂号牌", "无车牌号", "無車牌", "無牌", "無牌車", "車牌", "無", "未識別", "無法識別",

	/* Japanese, Korean */
	"不明", "認識不可", "読取不可", "ナンバーなし", "번호판없음", "무번호", "무번호판", "미인식", "인식불가",

	/* Russian, Ukrainian */
	"нет номера", "без номера", "не распознан", "не распознано", "неизвестно", "неизвестен", "номер не найден",
	"немає номера", "без номеру", "невідомо", "не розпізнано",

	/* German, Dutch, French, Italian */
	"kein Kennzeichen", "ohne Kennzeichen", "unbekannt", "unlesbar", "nicht erkannt", "nicht lesbar",
	"geen kenteken", "onbekend", "onleesbaar", "sans plaque", "pas de plaque", "inconnu", "inconnue", "illisible", "non lue",
	"senza targa", "nessuna targa", "sconosciuta", "sconosciuto", "illeggibile", "non letta",

	/* Spanish, Portuguese */
	"sin placa", "sin placas", "sin matricula", "sin matrícula", "sin patente", "desconocido", "desconocida", "ilegible",
	"no leida", "no leída", "no detectada", "sem placa", "sem matricula", "sem matrícula",
	"desconhecido", "desconhecida", "ilegivel", "ilegível", "não lida", "nao lida",

	/* Polish, Czech, Swedish, Turkish, Vietnamese, Arabic, Persian, Thai */
	"brak tablicy", "brak numeru", "nieznany", "nieczytelny", "bez SPZ", "neznámá", "neznama",
	"okänd", "okand", "plaka yok", "plakasız", "bilinmiyor", "okunamadı",
	"không biển số", "khong bien so", "غير معروف", "بدون لوحة", "لا توجد لوحة", "بدون پلاک", "نامشخص", "فاقد پلاک",
	"ไม่มีป้าย", "ไม่มีทะเบียน",
};

static bool
is_letter_or_digit(unsigned char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

/*
 * The word without its punctuation, and its hash.  Not without the slash: n/a
 * is a word, NA is a plate.  Empty if there is no letter or digit in it, where
 * the character that stands for undecodable bytes (U+FFFD) is none.
 */
static size_t
word_key(const char *plate, size_t length, char *key, uint8_t *hash)
{
	size_t		written = 0;
	bool		empty = true;

	*hash = 0;
	for (size_t i = 0; i < length; i++)
	{
		unsigned char byte = (unsigned char) plate[i];

		if (byte == 0xEF && i + 2 < length && memcmp(plate + i, "\xEF\xBF\xBD", 3) == 0)
		{
			i += 2;
			continue;
		}
		if (is_letter_or_digit(byte))
			empty = false;
		else if (byte != '/')
			continue;
		key[written++] = (char) byte;
		*hash = (uint8_t) (*hash * 31 + byte);
	}
	return empty ? 0 : written;
}

static int
find_word(const NoPlateWords *words, const char *key, size_t length)
{
	for (int i = 0; i < words->count; i++)
	{
		if (words->word[i].length == length && memcmp(words->word[i].text, key, length) == 0)
			return i;
	}
	return -1;
}

static void
note_hash(NoPlateWords *words, uint8_t hash)
{
	words->hashes[hash / 64] |= UINT64_C(1) << (hash % 64);
}

bool
no_plate_words_add(NoPlateWords *words, const char *word, size_t length)
{
	char		key[PLATE_MAX_BYTES];
	uint8_t		hash;
	size_t		key_length = word_key(word, length, key, &hash);

	if (key_length == 0)
		return false;
	if (find_word(words, key, key_length) >= 0)
		return true;
	if (words->count == NO_PLATE_MAX_WORDS)
		return false;
	memcpy(words->word[words->count].text, key, key_length);
	words->word[words->count].length = key_length;
	words->count++;
	note_hash(words, hash);
	return true;
}

/* Its hash stays: another word may have the same one. */
bool
no_plate_words_remove(NoPlateWords *words, const char *word, size_t length)
{
	char		key[PLATE_MAX_BYTES];
	uint8_t		hash;
	size_t		key_length = word_key(word, length, key, &hash);
	int			at = key_length > 0 ? find_word(words, key, key_length) : -1;

	if (at < 0)
		return false;
	words->word[at] = words->word[--words->count];
	return true;
}

void
no_plate_words_begin(NoPlateWords *words)
{
	memset(words, 0, sizeof(*words));
	for (size_t i = 0; i < LENGTH_OF(vendors_words); i++)
	{
		char		canonical[PLATE_MAX_BYTES];
		size_t		length;

		if (plate_text_canonical(vendors_words[i], strlen(vendors_words[i]), true,
								 canonical, &length) == PLATE_OK)
			(void) no_plate_words_add(words, canonical, length);
	}
}

bool
no_plate_means(const NoPlateWords *words, const char *plate, size_t length)
{
	char		key[PLATE_MAX_BYTES];
	uint8_t		hash;
	size_t		key_length = word_key(plate, length, key, &hash);

	if (key_length == 0)
		return true;
	return (words->hashes[hash / 64] >> (hash % 64) & 1) != 0 &&
		find_word(words, key, key_length) >= 0;
}
