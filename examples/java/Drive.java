// A driver's trip with JDBC: java -cp postgresql.jar Drive.java, with PGHOST, PGPORT and PGDATABASE as for psql.
// docs/clients.md says what each step is for; the programs beside this one do the same in other languages.
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

public class Drive {
	interface Work<T> { T on(Connection connection) throws SQLException; }

	static class Session {
		final String user;
		Connection connection;

		Session(String user) { this.user = user; }

		void connect() throws SQLException {
			Properties properties = new Properties();
			properties.put("user", user);
			Map<String, String> env = System.getenv();
			connection = DriverManager.getConnection(
				"jdbc:postgresql://" + env.get("PGHOST") + ":" + env.get("PGPORT") + "/" + env.get("PGDATABASE"), properties);
			connection.setAutoCommit(false);
		}

		/** Does work in a transaction, and again from its beginning where that is right: work may be repeated. */
		<T> T run(Work<T> work) throws SQLException, InterruptedException {
			for (int attempt = 1;; attempt++) {
				try {
					if (connection == null || connection.isClosed())
						connect();
					T result = work.on(connection);
					connection.commit();
					return result;
				} catch (SQLException error) {
					// 08: no connection; 57P: the server ended it
					String state = String.valueOf(error.getSQLState());
					boolean lost = connection == null || connection.isClosed() || state.startsWith("08") || state.startsWith("57P");
					if (lost && connection != null)
						connection.close();
					else if (!lost)
						connection.rollback();
					if (attempt == 5 || !(lost || state.equals("40001") || state.equals("40P01")))
						throw error;
					System.out.println("once more: " + (lost ? "connection lost" : state));
					Thread.sleep(50L << attempt);
				}
			}
		}

		/** A statement's one row. Values are strings: setObject with Types.OTHER lets the server find their types. */
		static String[] row(Connection connection, String sql, Object... values) throws SQLException {
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				for (int i = 0; i < values.length; i++)
					statement.setObject(i + 1, values[i], Types.OTHER);
				try (ResultSet rows = statement.executeQuery()) {
					rows.next();
					String[] row = new String[rows.getMetaData().getColumnCount()];
					for (int i = 0; i < row.length; i++)
						row[i] = rows.getString(i + 1);
					return row;
				}
			}
		}

		String[] one(String sql, Object... values) throws SQLException, InterruptedException {
			return run(c -> row(c, sql, values));
		}

		String failure(String sql, Object... values) throws InterruptedException {
			try {
				one(sql, values);
				return "none";
			} catch (SQLException error) {
				return error.getSQLState();
			}
		}
	}

	static final String RESERVE = "SELECT outcome, booking_id FROM smart_parking.reserve_spot(?, ?, ?, request_id => ?)";

	static String driver(int n) { return new UUID(0, n).toString(); }

	static String newId() { return UUID.randomUUID().toString(); }

	public static void main(String[] arguments) throws Exception {
		Session app = new Session("parking_app"), gate = new Session("parking_gate");
		String[] found = app.one("SELECT parking_id, name, free_spots FROM smart_parking.nearby_parking(51.05, 13.74)");
		String lot = found[0];
		System.out.printf("search: %s, %s free%n", found[1], found[2]);

		// One id for one wish: made before the first try, kept through all of them.
		String request = newId();
		String[] held = app.one(RESERVE, lot, driver(1), "DD-AN 1", request);
		System.out.println("hold: " + held[0]);
		boolean same = app.one(RESERVE, lot, driver(1), "DD-AN 1", request)[1].equals(held[1]);
		System.out.println("repeated: " + (same ? "the same booking" : "another one"));

		String tripRequest = newId();
		String[] trip = app.run(c -> {
			String[] booking = Session.row(c, RESERVE, lot, driver(2), "DD-AN 2", tripRequest);
			try (PreparedStatement insert = c.prepareStatement("INSERT INTO trip (booking_id, note) VALUES (?, 'paid') ON CONFLICT DO NOTHING")) {
				insert.setObject(1, booking[1], Types.OTHER);
				insert.executeUpdate();
			}
			return booking;
		});
		System.out.println("hold and own row: " + trip[0]);
		System.out.println("third car: " + app.one(RESERVE, lot, driver(3), "DD-AN 3", newId())[0]);
		System.out.println("no plate: " + app.failure(RESERVE, lot, driver(3), "", newId()));

		// The gate's controller listens for orders; a camera, here in the same program, reads a plate.
		gate.run(c -> c.createStatement().execute("LISTEN smart_parking_gate"));
		String entry = app.one("SELECT properties ->> 'entry' FROM smart_parking.parking WHERE id = ?", lot)[0];
		System.out.println("gate: " + String.join(" ", gate.one("SELECT decision, reason FROM smart_parking.validate_plate(?, 'DD AN 1', event_id => 'e1')", entry)));
		PGNotification[] orders = null;
		while (orders == null || orders.length == 0)
			orders = gate.connection.unwrap(PGConnection.class).getNotifications(1000);
		System.out.println("order: " + gate.one("SELECT smart_parking.acknowledge_command(?)", orders[0].getParameter().split(" ")[1])[0]);

		System.out.println("cancel: " + app.one("SELECT smart_parking.cancel_booking(?, 'plans changed')", trip[1])[0]);
		System.out.println("cancel a car inside: " + app.failure("SELECT smart_parking.cancel_booking(?)", held[1]));
		app.connection.close();
		gate.connection.close();
	}
}
