/* SPDX-License-Identifier: MIT */
/* handlers.h - what the rows of route.c call; each on the worker's thread. */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "web/web.h"

/* page_book.c, page_booking.c */
void book_page(struct exchange *);
void book_post(struct exchange *);
void booking_page(struct exchange *);
/* spam_judge.c: of a post whose fields are right, before it is submitted */
struct booking_form;
void spam_judge(struct exchange *, struct booking_form *);
void booking_delete_post(struct exchange *);
void booking_not_me_post(struct exchange *);
void booking_confirm_post(struct exchange *);
void booking_cancel_post(struct exchange *);
void booking_undo_post(struct exchange *);
void booking_ics(struct exchange *);
/* page_move.c */
void booking_move_page(struct exchange *);
void booking_move_post(struct exchange *);
/* api_booking.c */
void api_book(struct exchange *);
void api_booking(struct exchange *);
void api_booking_delete(struct exchange *);
void api_booking_confirm(struct exchange *);
void api_booking_move(struct exchange *);
void api_booking_cancel(struct exchange *);
void api_booking_undo(struct exchange *);
/* api_slot.c */
void api_slots(struct exchange *);
void staff_explain(struct exchange *);
/* page_away.c */
void desk_away(struct exchange *);
void desk_away_post(struct exchange *);
/* api_absence.c */
void staff_absences(struct exchange *);
void staff_absence_add(struct exchange *);
void staff_absence_delete(struct exchange *);
void staff_closures(struct exchange *);
void staff_closure_add(struct exchange *);
void staff_closure_delete(struct exchange *);
/* api_catalogue.c */
void api_concerns(struct exchange *);
void api_branches(struct exchange *);
void api_services(struct exchange *);
void api_doctors(struct exchange *);
/* api_service.c: what machines ask */
void healthz(struct exchange *);
void readyz(struct exchange *);
void openapi(struct exchange *);
void security_txt(struct exchange *);
void static_file(struct exchange *);
void metrics(struct exchange *);
void cors_preflight(struct exchange *);
/* api_staff.c, api_export.c, api_change.c */
void staff_list(struct exchange *);
void staff_enter(struct exchange *);
void staff_read(struct exchange *);
void staff_act(struct exchange *);
void staff_csv(struct exchange *);
void staff_changes(struct exchange *);
/* page_sign.c */
void sign_in_page(struct exchange *);
void sign_in_post(struct exchange *);
void sign_out_post(struct exchange *);
void password_page(struct exchange *);
void password_post(struct exchange *);
/* page_desk.c, page_today.c, page_conflict.c, page_request.c, page_act.c, page_desk_times.c,
 * page_new.c */
void desk_unanswered(struct exchange *);
void desk_find(struct exchange *);
void desk_concern(struct exchange *);
void desk_spam(struct exchange *);
void desk_today(struct exchange *);
void desk_conflicts(struct exchange *);
void desk_request(struct exchange *);
void desk_act(struct exchange *);
void desk_times(struct exchange *);
void desk_new(struct exchange *);
void desk_enter(struct exchange *);
/* api_people.c */
void control_people(struct exchange *);
void control_person_add(struct exchange *);
void control_person_act(struct exchange *);
/* api_control.c */
void control_status(struct exchange *);
void control_clinic(struct exchange *);
void control_clinic_load(struct exchange *);
void control_retag(struct exchange *);
void control_keys(struct exchange *);
void control_key_create(struct exchange *);
void control_key_revoke(struct exchange *);
/* api_privacy.c */
void control_erase(struct exchange *);
void control_subject(struct exchange *);
void control_retention(struct exchange *);

/* Adds Access-Control-Allow-Origin when the Origin is one of the list. */
void cors_allow(struct exchange *);

/* The Idempotency-Key; one that cannot be one is a problem of the call. */
const char *idempotency_key(struct exchange *);

#endif
