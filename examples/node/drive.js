// A driver's trip with node-postgres: node drive.js, with PGHOST, PGPORT and PGDATABASE as for psql.
// docs/clients.md says what each step is for; the programs beside this one do the same in other languages.
'use strict';
const { randomUUID } = require('crypto');
const { Client } = require('pg');

const AGAIN = ['40001', '40P01']; // another transaction was faster; a deadlock was broken
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const driver = (n) => '00000000-0000-0000-0000-' + String(n).padStart(12, '0');

class Session {
	constructor(user) { this.user = user; this.client = null; this.notifications = []; }

	async connect() {
		const client = new Client({ user: this.user });
		client.lost = false;
		// without a listener a lost connection would end the program
		client.on('error', () => { client.lost = true; });
		client.on('end', () => { client.lost = true; });
		client.on('notification', (n) => this.notifications.push(n.payload));
		this.client = client;
		await client.connect();
	}

	// Does work(client) in a transaction, and again from its beginning where that is right: work may be repeated.
	async run(work, tries = 5) {
		for (let attempt = 1; ; attempt++) {
			try {
				if (!this.client || this.client.lost) await this.connect();
				await this.client.query('BEGIN');
				const result = await work(this.client);
				await this.client.query('COMMIT');
				return result;
			} catch (error) {
				// an error without a SQLSTATE is no answer of the server
				const lost = this.client.lost || !/^[0-9A-Z]{5}$/.test(error.code || '') || /^(08|57P)/.test(error.code);
				if (lost) this.client.lost = true;
				else await this.client.query('ROLLBACK').catch(() => { this.client.lost = true; });
				if (attempt === tries || !(lost || AGAIN.includes(error.code))) throw error;
				console.log('once more:', lost ? 'connection lost' : error.code);
				await sleep(50 * 2 ** attempt);
			}
		}
	}

	one(sql, values) { return this.run(async (c) => (await c.query(sql, values)).rows[0]); }
}

const app = new Session('parking_app');
const gate = new Session('parking_gate');
const reserve = async (client, ...values) => (await client.query(
	'SELECT outcome, booking_id FROM smart_parking.reserve_spot($1, $2, $3, request_id => $4)', values)).rows[0];
const failure = (promise) => promise.then(() => 'none', (error) => error.code);

async function main() {
	const lot = await app.one('SELECT parking_id AS id, name, free_spots FROM smart_parking.nearby_parking(51.05, 13.74)');
	console.log(`search: ${lot.name}, ${lot.free_spots} free`);

	// One id for one wish: made before the first try, kept through all of them.
	const request = randomUUID();
	const hold = () => app.run((c) => reserve(c, lot.id, driver(1), 'DD-AN 1', request));
	const held = await hold();
	console.log('hold:', held.outcome);
	console.log('repeated:', (await hold()).booking_id === held.booking_id ? 'the same booking' : 'another one');

	const tripRequest = randomUUID();
	const trip = await app.run(async (c) => {
		const booking = await reserve(c, lot.id, driver(2), 'DD-AN 2', tripRequest);
		await c.query("INSERT INTO trip (booking_id, note) VALUES ($1, 'paid') ON CONFLICT DO NOTHING", [booking.booking_id]);
		return booking;
	});
	console.log('hold and own row:', trip.outcome);
	console.log('third car:', (await app.run((c) => reserve(c, lot.id, driver(3), 'DD-AN 3', randomUUID()))).outcome);
	console.log('no plate:', await failure(app.run((c) => reserve(c, lot.id, driver(3), '', randomUUID()))));

	// The gate's controller listens for orders; a camera, here in the same program, reads a plate.
	await gate.run((c) => c.query('LISTEN smart_parking_gate'));
	const { entry } = await app.one("SELECT properties ->> 'entry' AS entry FROM smart_parking.parking WHERE id = $1", [lot.id]);
	const verdict = await gate.one("SELECT decision, reason FROM smart_parking.validate_plate($1, 'DD AN 1', event_id => 'e1')", [entry]);
	console.log('gate:', verdict.decision, verdict.reason);
	while (gate.notifications.length === 0) await sleep(10);
	const command = gate.notifications.shift().split(' ')[1];
	console.log('order:', (await gate.one('SELECT smart_parking.acknowledge_command($1) AS state', [command])).state);

	console.log('cancel:', (await app.one("SELECT smart_parking.cancel_booking($1, 'plans changed') AS status", [trip.booking_id])).status);
	console.log('cancel a car inside:', await failure(app.one('SELECT smart_parking.cancel_booking($1)', [held.booking_id])));
	await app.client.end();
	await gate.client.end();
}

main().catch((error) => { console.error(error); process.exit(1); });
