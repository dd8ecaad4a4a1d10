// A driver's trip with pgx: go run drive.go, with PGHOST, PGPORT and PGDATABASE as for psql.
// docs/clients.md says what each step is for; the programs beside this one do the same in other languages.
// With pgx 5 the imports are github.com/jackc/pgx/v5 and github.com/jackc/pgx/v5/pgconn, and nothing else changes.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

var ctx = context.Background()

type session struct {
	user string
	conn *pgx.Conn
}

func sqlstate(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return "" // no answer of the server
}

func inTransaction(conn *pgx.Conn, work func(tx pgx.Tx) error) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) // nothing after a commit
	if err = work(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// run does work in a transaction, and again from its beginning where that is right: work may be repeated.
func (s *session) run(work func(tx pgx.Tx) error) error {
	for attempt := 1; ; attempt++ {
		var err error
		if s.conn == nil || s.conn.IsClosed() {
			s.conn, err = pgx.Connect(ctx, "user="+s.user)
		}
		if err == nil {
			err = inTransaction(s.conn, work)
		}
		if err == nil {
			return nil
		}
		lost := s.conn == nil || s.conn.IsClosed()
		code := sqlstate(err)
		if attempt == 5 || !(lost || code == "40001" || code == "40P01") {
			return err
		}
		if lost {
			code = "connection lost"
		}
		fmt.Println("once more:", code)
		time.Sleep(50 * time.Millisecond << attempt)
	}
}

// one runs a statement of one row.
func (s *session) one(sql string, args []interface{}, columns ...interface{}) error {
	return s.run(func(tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(columns...) })
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func newID() string {
	b := make([]byte, 16)
	_, err := rand.Read(b)
	must(err)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func driver(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }

type args = []interface{}

const reserve = "SELECT outcome, booking_id::text FROM smart_parking.reserve_spot($1, $2, $3, request_id => $4)"

func main() {
	app, gate := &session{user: "parking_app"}, &session{user: "parking_gate"}
	var lot, name, outcome, state, entry, decision, reason string
	var booking, again, trip *string // NULL where the lot is full
	var free int

	must(app.one("SELECT parking_id::text, name, free_spots FROM smart_parking.nearby_parking(51.05, 13.74)", nil, &lot, &name, &free))
	fmt.Printf("search: %s, %d free\n", name, free)

	// One id for one wish: made before the first try, kept through all of them.
	request := newID()
	must(app.one(reserve, args{lot, driver(1), "DD-AN 1", request}, &outcome, &booking))
	fmt.Println("hold:", outcome)
	must(app.one(reserve, args{lot, driver(1), "DD-AN 1", request}, &outcome, &again))
	fmt.Println("repeated:", map[bool]string{true: "the same booking", false: "another one"}[*booking == *again])

	request = newID()
	must(app.run(func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, reserve, lot, driver(2), "DD-AN 2", request).Scan(&outcome, &trip)
		if err == nil {
			_, err = tx.Exec(ctx, "INSERT INTO trip (booking_id, note) VALUES ($1, 'paid') ON CONFLICT DO NOTHING", *trip)
		}
		return err
	}))
	fmt.Println("hold and own row:", outcome)
	must(app.one(reserve, args{lot, driver(3), "DD-AN 3", newID()}, &outcome, &again))
	fmt.Println("third car:", outcome)
	fmt.Println("no plate:", sqlstate(app.one(reserve, args{lot, driver(3), "", newID()}, &outcome, &again)))

	// The gate's controller listens for orders; a camera, here in the same program, reads a plate.
	must(gate.run(func(tx pgx.Tx) error { _, err := tx.Exec(ctx, "LISTEN smart_parking_gate"); return err }))
	must(app.one("SELECT properties ->> 'entry' FROM smart_parking.parking WHERE id = $1", args{lot}, &entry))
	must(gate.one("SELECT decision, reason FROM smart_parking.validate_plate($1, 'DD AN 1', event_id => 'e1')", args{entry}, &decision, &reason))
	fmt.Println("gate:", decision, reason)
	notification, err := gate.conn.WaitForNotification(ctx)
	must(err)
	must(gate.one("SELECT smart_parking.acknowledge_command($1)", args{strings.Fields(notification.Payload)[1]}, &state))
	fmt.Println("order:", state)

	must(app.one("SELECT smart_parking.cancel_booking($1, 'plans changed')::text", args{*trip}, &state))
	fmt.Println("cancel:", state)
	fmt.Println("cancel a car inside:", sqlstate(app.one("SELECT smart_parking.cancel_booking($1)::text", args{*booking}, &state)))
}
