/*
 * tables.h
 *		Columns of tables that probes read, as the install script has them.
 */
#ifndef SMART_PARKING_TABLES_H
#define SMART_PARKING_TABLES_H

#define Anum_parking_hold_duration		6
#define Anum_parking_is_open			7
#define Anum_parking_total_capacity		5
#define Anum_parking_slice_size			9

#define Anum_counter_slice_slice_no		2
#define Anum_counter_slice_first_spot_no	3
#define Anum_counter_slice_free_spots	5
#define Anum_counter_slice_free_map		6

#define Anum_spot_label					3
#define Anum_spot_in_service			6

#define Anum_booking_id					1
#define Anum_booking_expires_at			8
#define Anum_booking_confirmed_at		9

#endif							/* SMART_PARKING_TABLES_H */
