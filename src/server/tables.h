/*
 * tables.h
 *		Tables that are read and written without a plan, as the install script
 *		has them.
 */
#ifndef SMART_PARKING_TABLES_H
#define SMART_PARKING_TABLES_H

#define Anum_parking_id					1
#define Anum_parking_location			4
#define Anum_parking_hold_duration		6
#define Anum_parking_is_open			7
#define Anum_parking_total_capacity		5
#define Anum_parking_slice_size			9
#define Anum_parking_has_queue			16
#define Anum_parking_walk_in			14

#define Anum_counter_slice_parking_id	1
#define Anum_counter_slice_slice_no		2
#define Anum_counter_slice_first_spot_no	3
#define Anum_counter_slice_spots		4
#define Anum_counter_slice_free_spots	5
#define Anum_counter_slice_free_map		6
#define Anum_counter_slice_service_map	7
#define Anum_counter_slice_kind			8

#define Natts_counter_slice				8

#define Anum_spot_parking_id			1
#define Anum_spot_spot_no				2
#define Anum_spot_label					3
#define Anum_spot_kind					4
#define Anum_spot_slice_no				5
#define Anum_spot_in_service			6

#define Anum_booking_id					1
#define Anum_booking_user_id			2
#define Anum_booking_parking_id			3
#define Anum_booking_spot_no			4
#define Anum_booking_status				5
#define Anum_booking_car_plate			6
#define Anum_booking_created_at			7
#define Anum_booking_expires_at			8
#define Anum_booking_confirmed_at		9
#define Anum_booking_ended_at			10
#define Anum_booking_request_id			11
#define Anum_booking_requested_hold		12

#define Natts_booking					12

#define Anum_plate_rule_parking_id		3
#define Anum_plate_rule_kind			5
#define Anum_plate_rule_valid_from		6
#define Anum_plate_rule_valid_until		7

#define Anum_booking_event_booking_id	1
#define Anum_booking_event_happened_at	2
#define Anum_booking_event_event		3
#define Anum_booking_event_actor		4
#define Anum_booking_event_reason		5
#define Anum_booking_event_details		6

#define Natts_booking_event				6

#define Anum_gate_parking_id			2
#define Anum_gate_direction				4
#define Anum_gate_senses_passage		6
#define Anum_gate_passage_window		7
#define Anum_gate_command_life			8
#define Anum_gate_anti_passback			9
#define Anum_gate_notifies				10

#define Anum_plate_read_id				1
#define Anum_plate_read_gate_id			2
#define Anum_plate_read_event_id		3
#define Anum_plate_read_plate_text		4
#define Anum_plate_read_car_plate		5
#define Anum_plate_read_confidence		6
#define Anum_plate_read_read_at			7
#define Anum_plate_read_received_at		8
#define Anum_plate_read_decision		9
#define Anum_plate_read_reason			10
#define Anum_plate_read_booking_id		11
#define Anum_plate_read_passage_id		12
#define Anum_plate_read_matched_by		13
#define Anum_plate_read_candidates		14
#define Anum_plate_read_details			15
#define Anum_plate_read_corrects		16
#define Anum_plate_read_actor			17
#define Anum_plate_read_format			18
#define Anum_plate_read_camera			19
#define Anum_plate_read_vehicle			20
#define Anum_plate_read_message			21
#define Anum_plate_read_happened		22

#define Natts_plate_read				22

#define Anum_passage_id					1
#define Anum_passage_gate_id			2
#define Anum_passage_started_at			3
#define Anum_passage_last_read_at		4
#define Anum_passage_reads				5
#define Anum_passage_vehicle			6
#define Anum_passage_car_plate			7
#define Anum_passage_confidence			8
#define Anum_passage_agreeing			9
#define Anum_passage_decision			10
#define Anum_passage_reason				11
#define Anum_passage_booking_id			12
#define Anum_passage_matched_by			13
#define Anum_passage_details			14
#define Anum_passage_movement			15
#define Anum_passage_made_booking		16

#define Natts_passage					16

#define Anum_barrier_command_id				1
#define Anum_barrier_command_gate_id		2
#define Anum_barrier_command_plate_read_id	3
#define Anum_barrier_command_command		4
#define Anum_barrier_command_issued_at		5
#define Anum_barrier_command_expires_at		6
#define Anum_barrier_command_state			7
#define Anum_barrier_command_passage_id		8
#define Anum_barrier_command_actor			13
#define Anum_barrier_command_reason			14
#define Anum_barrier_command_awaits_passage	15

#define Natts_barrier_command				15

#define Anum_outside_count_parking_id	1
#define Anum_outside_count_source		2
#define Anum_outside_count_kind			3
#define Anum_outside_count_usable_spots	10
#define Anum_outside_count_usable_as_of	11

#endif							/* SMART_PARKING_TABLES_H */
