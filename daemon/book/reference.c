/* SPDX-License-Identifier: MIT */
/*
 * reference.c - a booking's number, said over the telephone.
 *
 * A balanced Feistel network over 30 bits (SipHash-2-4 of round and half as
 * its round function, two keys in turn) permutes the numbers; a result of 31^6
 * or more is put through it again until it is below.
 *
 * The seven characters x0 .. x6 are a code over the field of 31 elements:
 * 2 x0 + 3 x1 + .. + 7 x5 + x6 = 0. All weights differ and none is 0, hence
 * one wrong character, or two neighbours swapped, always changes the sum.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "book/reference.h"

#define BASE 31
#define BODY 6
#define HALF_BITS 15
#define HALF_MASK ((1u << HALF_BITS) - 1)
#define ROUNDS 8

static const char alphabet[BASE + 1] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

static uint64_t
rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t
le64(const uint8_t *p)
{
	uint64_t x = 0;

	for (int i = 7; i >= 0; i--)
		x = x << 8 | p[i];
	return x;
}

/* SipHash-2-4 of the eight bytes of x (Aumasson and Bernstein, 2012). */
static uint64_t
sip_hash(const uint8_t key[16], uint64_t x)
{
	uint64_t k0 = le64(key), k1 = le64(key + 8), end = (uint64_t)8 << 56;
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
		k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u };

	v[3] ^= x;
	sip_round(v);
	sip_round(v);
	v[0] ^= x;
	v[3] ^= end;
	sip_round(v);
	sip_round(v);
	v[0] ^= end;
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint32_t
round_of(const uint8_t key[32], int i, uint32_t half)
{
	return (uint32_t)sip_hash(key + 16 * (i % 2), (uint64_t)i << 32 | half) &
	       HALF_MASK;
}

static uint32_t
mix(const uint8_t key[32], uint32_t x)
{
	uint32_t left = x >> HALF_BITS, right = x & HALF_MASK;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t next = left ^ round_of(key, i, right);

		left = right;
		right = next;
	}
	return left << HALF_BITS | right;
}

static uint32_t
unmix(const uint8_t key[32], uint32_t x)
{
	uint32_t left = x >> HALF_BITS, right = x & HALF_MASK;

	for (int i = ROUNDS - 1; i >= 0; i--) {
		uint32_t before = right ^ round_of(key, i, left);

		right = left;
		left = before;
	}
	return left << HALF_BITS | right;
}

/* 2 x0 + .. + 7 x5 + x6, of as many as are there. */
static int
check_sum(const int *x, int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum += x[i] * (i < BODY ? i + 2 : 1);
	return sum % BASE;
}

bool
reference_make(const uint8_t key[32], const char *prefix, int64_t number,
    char ret_text[REFERENCE_LEN])
{
	uint32_t mixed;
	int x[BODY + 1];
	char body[BODY + 2];

	BUG_UNLESS(strlen(prefix) <= REFERENCE_PREFIX_MAX);
	if (number < 1 || number >= REFERENCE_NUMBERS)
		return false;
	mixed = (uint32_t)number;
	do
		mixed = mix(key, mixed);
	while (mixed >= REFERENCE_NUMBERS);
	for (int i = BODY - 1; i >= 0; i--, mixed /= BASE)
		x[i] = (int)(mixed % BASE);
	x[BODY] = (BASE - check_sum(x, BODY)) % BASE;
	for (int i = 0; i <= BODY; i++)
		body[i] = alphabet[x[i]];
	body[BODY + 1] = '\0';
	(void)snprintf(ret_text, REFERENCE_LEN, "%s-%s", prefix, body);
	return true;
}

/* Letters and digits in upper case, without hyphens and blanks; their count,
 * or 0 when there is anything else or too much. */
static size_t
letters(const char *text, char out[REFERENCE_LEN])
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '-' || *text == '\t')
			continue;
		if (!isalnum((unsigned char)*text) ||
		    n == REFERENCE_PREFIX_MAX + BODY + 1)
			return 0;
		out[n++] = (char)toupper((unsigned char)*text);
	}
	out[n] = '\0';
	return n;
}

bool
reference_parse(const uint8_t key[32], const char *text, int64_t *ret_number)
{
	char all[REFERENCE_LEN];
	size_t n = letters(text, all);
	int x[BODY + 1];
	uint32_t number = 0;

	if (n < BODY + 1)
		return false;
	for (size_t i = 0; i <= BODY; i++) {
		const char *at = strchr(alphabet, all[n - BODY - 1 + i]);

		if (at == NULL)
			return false;
		x[i] = (int)(at - alphabet);
		if (i < BODY)
			number = number * BASE + (uint32_t)x[i];
	}
	if (check_sum(x, BODY + 1) != 0)
		return false;
	do
		number = unmix(key, number);
	while (number >= REFERENCE_NUMBERS);
	if (number == 0)
		return false;
	*ret_number = number;
	return true;
}
