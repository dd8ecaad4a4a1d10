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

#define Anum_booking_event_event		3

#define Anum_outside_count_parking_id	1
#define Anum_outside_count_source		2
#define Anum_outside_count_kind			3
#define Anum_outside_count_usable_spots	10
#define Anum_outside_count_usable_as_of	11

#endif							/* SMART_PARKING_TABLES_H */
