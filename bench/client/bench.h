/*
 * bench.h
 *		What the parts of the measuring client share.
 */
#ifndef SMART_PARKING_BENCH_H
#define SMART_PARKING_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <libpq-fe.h>

#define UUID_TEXT 37
#define PLATE_TEXT 17
#define SUB_BUCKETS 64
#define BUCKETS (40 * SUB_BUCKETS)

typedef struct Options
{
	const char *contender;
	const char *load;			/* which lots of bench.lot */
	const char *redis_socket;
	int			connections;
	int			lots;			/* the first so many of them; 0: all */
	double		seconds;
	bool		zipf;
	bool		until_sold_out;
} Options;

typedef struct Lot
{
	char		id[UUID_TEXT];
	int			capacity;
	int			next_spot;		/* what spots_of_own() gave out; atomic */
} Lot;

/* Latencies in microseconds, within 1/64 of their value. */
typedef struct Histogram
{
	uint64_t	count;
	uint64_t	bucket[BUCKETS];
} Histogram;

/* Spots of one lot that only one connection books. */
typedef struct Range
{
	int			next;
	int			end;
} Range;

typedef enum Answer
{
	DONE,
	REFUSED,					/* the lot is sold out */
	NOTHING_LEFT				/* nothing more to measure with: not counted */
} Answer;

typedef struct Client
{
	int			number;
	uint64_t	random;
	PGconn	   *connection;
	struct redisContext *redis;
	int			cars;
	Range	   *ranges;			/* one a lot */
	char		user_id[UUID_TEXT];
	char		plate[PLATE_TEXT];
	char		entry[UUID_TEXT];	/* its gates, where it has some */
	char		exit[UUID_TEXT];
	Histogram	done;
	Histogram	refused;
	double		last_done;
	double		first_refused;
	double		finished;
} Client;

typedef struct Contender
{
	const char *name;
	/* once, before the clients; NULL: nothing to do */
	void		(*begin) (PGconn *connection);
	/* once for each client */
	void		(*connect) (Client *client);
	Answer		(*run) (Client *client, Lot *lot);
	/* once, afterwards */
	void		(*end) (PGconn *connection);
} Contender;

extern Options options;

/* main.c */
extern double now(void);
extern void fail(const char *what, const char *why);

/* client.c */
extern uint32_t draw(Client *client, uint32_t below);
extern double draw_fraction(Client *client);
extern PGconn *connect_server(void);
extern void next_driver(Client *client);
extern int	next_spot(Client *client, Lot *lot);
extern void prepare(Client *client, const char *name, const char *sql);
extern PGresult *ask(Client *client, const char *name, int nargs, const char *const *args);
extern PGresult *ask_once(PGconn *connection, const char *sql, int nargs, const char *const *args);

/* load.c */
extern Lot *lots;
extern int	lot_count;
extern void read_lots(PGconn *connection);
extern Lot *draw_lot(Client *client);

/* contenders.c */
extern const Contender *find_contender(const char *name);
extern void prepare_insert(Client *client);
extern void insert_booking(Client *client, const Lot *lot, int spot_no);

/* questions.c */
extern void begin_questions(PGconn *connection);
extern void connect_refusal(Client *client);
extern Answer run_refusal(Client *client, Lot *lot);
extern void connect_primary_key(Client *client);
extern Answer run_primary_key(Client *client, Lot *lot);
extern void connect_validate_plate(Client *client);
extern Answer run_validate_plate(Client *client, Lot *lot);

/* searches.c */
extern void begin_search(PGconn *connection);
extern void draw_place(Client *client, double *latitude, double *longitude);
extern void connect_nearby(Client *client);
extern void connect_knn(Client *client);
extern Answer run_search(Client *client, Lot *lot);

/* redis.c */
extern void begin_redis_everysec(PGconn *connection);
extern void begin_redis_always(PGconn *connection);
extern void begin_redis_geosearch(PGconn *connection);
extern void connect_redis_insert(Client *client);
extern Answer run_redis_insert(Client *client, Lot *lot);
extern void end_redis(PGconn *connection);
extern void connect_redis_geosearch(Client *client);
extern Answer run_redis_geosearch(Client *client, Lot *lot);

/* histogram.c */
extern void histogram_add(Histogram *histogram, double seconds);
extern void histogram_merge(Histogram *to, const Histogram *from);
extern double histogram_percentile_ms(const Histogram *histogram, double percent);

#endif							/* SMART_PARKING_BENCH_H */
