"""A driver's trip with psycopg 3: python3 drive.py, with PGHOST, PGPORT and PGDATABASE as for psql.

docs/clients.md says what each step is for; the programs beside this one do the same in other languages.
"""
import time
import uuid

import psycopg

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
AGAIN = ("40001", "40P01")  # another transaction was faster; a deadlock was broken


class Session:
    def __init__(self, user):
        self.user, self.connection = user, None

    def run(self, work, tries=5):
        """Does work(connection) in a transaction, and again from its beginning where that is right: work may be repeated."""
        for attempt in range(1, tries + 1):
            try:
                if self.connection is None or self.connection.closed:
                    self.connection = psycopg.connect(user=self.user)
                with self.connection.transaction():
                    return work(self.connection)
            except psycopg.Error as error:
                lost = isinstance(error, LOST) and (self.connection is None or self.connection.closed)
                if attempt == tries or not (lost or error.sqlstate in AGAIN):
                    raise
                print("once more:", "connection lost" if lost else error.sqlstate)
                time.sleep(0.05 * 2**attempt)


app, camera, controller = Session("parking_app"), Session("parking_gate"), Session("parking_gate")


def reserve(connection, lot, user, plate, request):
    return connection.execute(
        "SELECT outcome, booking_id FROM smart_parking.reserve_spot(%s, %s, %s, request_id => %s)", (lot, user, plate, request)
    ).fetchone()


def search(connection):
    return connection.execute("SELECT parking_id, name, free_spots FROM smart_parking.nearby_parking(51.05, 13.74)").fetchone()


def trip(connection):
    outcome, booking = reserve(connection, lot, uuid.UUID(int=2), "DD-AN 2", trip_request)
    connection.execute("INSERT INTO trip (booking_id, note) VALUES (%s, 'paid') ON CONFLICT DO NOTHING", (booking,))
    return outcome, booking


def failure(work):
    try:
        return app.run(work)
    except psycopg.Error as error:
        return error.sqlstate


lot, name, free = app.run(search)
print(f"search: {name}, {free} free")

# One id for one wish: made before the first try, kept through all of them.
request = uuid.uuid4()
outcome, booking = app.run(lambda c: reserve(c, lot, uuid.UUID(int=1), "DD-AN 1", request))
print("hold:", outcome)
print("repeated:", "the same booking" if app.run(lambda c: reserve(c, lot, uuid.UUID(int=1), "DD-AN 1", request))[1] == booking else "another one")

trip_request = uuid.uuid4()
outcome, trip_booking = app.run(trip)
print("hold and own row:", outcome)
print("third car:", app.run(lambda c: reserve(c, lot, uuid.UUID(int=3), "DD-AN 3", uuid.uuid4()))[0])
print("no plate:", failure(lambda c: reserve(c, lot, uuid.UUID(int=3), "", uuid.uuid4())))

# The gate's controller listens for orders; a camera, here in the same program, reads a plate. psycopg's notifies() has
# what comes while it waits, so whoever listens has a connection for that.
controller.run(lambda c: c.execute("LISTEN smart_parking_gate"))
entry = app.run(lambda c: c.execute("SELECT properties ->> 'entry' FROM smart_parking.parking WHERE id = %s", (lot,)).fetchone())[0]
print("gate:", *camera.run(lambda c: c.execute("SELECT decision, reason FROM smart_parking.validate_plate(%s, 'DD AN 1', event_id => 'e1')", (entry,)).fetchone()))
notification = next(controller.connection.notifies())
command = notification.payload.split()[1]
print("order:", controller.run(lambda c: c.execute("SELECT smart_parking.acknowledge_command(%s)", (command,)).fetchone())[0])

print("cancel:", app.run(lambda c: c.execute("SELECT smart_parking.cancel_booking(%s, 'plans changed')", (trip_booking,)).fetchone())[0])
print("cancel a car inside:", failure(lambda c: c.execute("SELECT smart_parking.cancel_booking(%s)", (booking,))))
