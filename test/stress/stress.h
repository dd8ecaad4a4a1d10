/*
 * stress.h
 *		What the stress client's parts share.
 */
#ifndef SMART_PARKING_STRESS_H
#define SMART_PARKING_STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <libpq-fe.h>

#define UUID_TEXT 37
#define MAX_LOTS 8
#define MAX_OWN 8

typedef struct Lot
{
	char		id[UUID_TEXT];
	char		entry[UUID_TEXT];
	char		exit[UUID_TEXT];
} Lot;

/* A booking that a client knows to be its own. */
typedef struct Own
{
	char		id[UUID_TEXT];
	char		user_id[UUID_TEXT];
	char		plate[16];
	int			lot;
} Own;

typedef enum Fate
{
	COMMITTED,					/* the server said so */
	ABORTED,					/* rolled back by us, or refused by the server */
	UNKNOWN						/* the connection was lost before the answer */
} Fate;

/* One line of the ledger. */
typedef struct Entry
{
	const char *action;
	char		outcome[40];
	char		booking_id[UUID_TEXT];
	char		parking_id[UUID_TEXT];
	char		spot_no[12];
	char		plate[20];
	double		expires_at;
	double		started;
	char		sqlstate[6];
} Entry;

typedef struct Client
{
	int			number;
	uint64_t	random;
	PGconn	   *connection;
	const char *isolation;
	int			cars;
	bool		queues;			/* for "queued", whose id is that of the entry */
	Own			queued;
	int			own_count;
	Own			own[MAX_OWN];
} Client;

extern Lot	lots[MAX_LOTS];
extern int	lot_count;
extern atomic_bool stopping;
extern double deadline;

extern double now(void);
extern uint32_t draw(Client *client, uint32_t below);

extern void connect_client(Client *client);
extern PGresult *ask(Client *client, const char *sql, int nargs, const char *const *args);
extern bool tell(Client *client, const char *sql);

extern void ledger_open(const char *path);
extern void ledger_write(const Client *client, const Entry *entry, Fate fate);

extern void one_transaction(Client *client);
extern void operate(Client *client);
extern void sweep(Client *client);
extern void kill_somebody(Client *client);

#endif							/* SMART_PARKING_STRESS_H */
