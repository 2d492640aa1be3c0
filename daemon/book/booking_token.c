/* SPDX-License-Identifier: MIT */
/*
 * booking_token.c - form tokens: "MADE.RANDOM.MAC", signed by this database's
 * own key, so that a page of ours is known and its age is told. A token proves
 * nothing about who posts: cached pages share them.
 */
#include <string.h>

#include "base/rand.h"
#include "book/booking.h"

struct form_token {
	uint8_t made[6];   /* ms since 1970, big-endian */
	uint8_t random[10];
	uint8_t mac[14];
};

static void
sign(struct form_token *t)
{
	uint8_t mac[SECRET_HASH_LEN];

	secret_mac(&op_keys()->form, t, offsetof(struct form_token, mac), mac);
	memcpy(t->mac, mac, sizeof(t->mac));
}

const char *
booking_form_token(struct arena *a, int64_t now_ms)
{
	struct form_token t;
	char *text = arena_alloc(a, 4 * sizeof(t) / 3 + 4);

	for (int i = 0; i < 6; i++)
		t.made[i] = (uint8_t)(now_ms >> (40 - 8 * i));
	rand_bytes(t.random, sizeof(t.random));
	sign(&t);
	str_base64url(&t, sizeof(t), text);
	return text;
}

bool
booking_form_token_valid(const char *token, int64_t *ret_made_ms)
{
	struct form_token t, own;

	if (!str_base64url_decode(token, &t, sizeof(t)))
		return false;
	own = t;
	sign(&own);
	if (!secret_equal(own.mac, t.mac, sizeof(t.mac)))
		return false;
	*ret_made_ms = 0;
	for (int i = 0; i < 6; i++)
		*ret_made_ms = *ret_made_ms << 8 | t.made[i];
	return true;
}
