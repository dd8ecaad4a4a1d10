/*
 * simulator.h
 *		A camera and a barrier without hardware.
 */
#ifndef SIMULATOR_H
#define SIMULATOR_H

#include <stdbool.h>
#include <stdio.h>
#include <libpq-fe.h>

/* database.c */
extern PGconn *server_connect(void);
extern const char *ask_with(PGconn *connection, const char *sql, const char *const *parameters);
extern double clock_now(void);

/* texts for $1, $2 ... */
#define ask(connection, sql, ...) \
	ask_with((connection), (sql), (const char *const[]) {__VA_ARGS__, NULL})

/* sequence.c: the exchange, for a person to read */
extern void scene(const char *title);
extern void expect(const char *got, const char *wanted);
extern int	surprises(void);

#define sends(from, to, ...) \
	(printf("   %-9s -> %-9s  ", (from), (to)), printf(__VA_ARGS__), putchar('\n'))
#define says(...) \
	(printf("   ("), printf(__VA_ARGS__), printf(")\n"))

/* controller.c */
#define MAX_LIST 100
#define MAX_LOG 4000

typedef struct Permission
{
	char		plate[64];
	char		kind[16];
	char		may[8];
	double		until;			/* seconds since 1970; 0: no end */
} Permission;

typedef struct Controller
{
	const char *name;
	char		gate[40];
	PGconn	   *line;			/* NULL while it is down */
	int			reports;		/* numbers the reports' event ids */
	char		version[24];
	Permission	list[MAX_LIST];
	int			listed;
	char		log[MAX_LOG];	/* what happened offline, as JSON */
	const char *run;
} Controller;

extern void line_up(Controller *controller);
extern void line_down(Controller *controller);
extern const char *deliver(Controller *controller, const char *message);
extern const char *take_order(Controller *controller);
extern const char *report(Controller *controller, const char *order, const char *outcome);
extern const char *report_again(Controller *controller, const char *order, const char *outcome);
extern void fetch_list(Controller *controller);
extern void drive_up_offline(Controller *controller, const char *plate, const char *may);
extern const char *replay(Controller *controller);

/* camera.c: messages as the engines send them */
extern const char *frigate(const char *run, int car, const char *plate, double score);
extern const char *openalpr_frame(const char *run, int frame, const char *plate, double confidence);
extern const char *openalpr_group(const char *run, int first, int last, const char *plate, double confidence);

#endif
