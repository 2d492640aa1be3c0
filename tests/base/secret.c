/* SPDX-License-Identifier: MIT */
/* secret.c - sealed text, tokens, and the master key's file. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/rand.h"
#include "base/secret.h"
#include "base/str.h"
#include "support/place.h"

static struct arena *a;
static const struct secret_key key = { "a key of thirty-two bytes: 0123" };
static const struct secret_key other_key = { "another one of thirty-two bytes" };

static void
setup(void)
{
	a = arena_new((size_t)1 << 24);
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(secret, .init = setup, .fini = teardown);

static const char *
hex(const void *p, size_t len)
{
	char *text = arena_alloc(a, 2 * len + 1);

	str_hex(p, len, text);
	return text;
}

Test(secret, hashes_and_macs_are_the_standards)
{
	uint8_t out[SECRET_HASH_LEN];
	struct secret_key k;

	secret_hash("abc", 3, out); /* FIPS 180-4 */
	cr_expect_str_eq(hex(out, 32),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	secret_hash("", 0, out);
	cr_expect_str_eq(hex(out, 32),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* RFC 4231, case 1: its key is 20 bytes, and zeros after them are the same. */
	memset(k.b, 0, sizeof(k.b));
	memset(k.b, 0x0b, 20);
	secret_mac(&k, "Hi There", 8, out);
	cr_expect_str_eq(hex(out, 32),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

Test(secret, keys_for_different_purposes_differ)
{
	struct secret_key note = secret_derive(&key, "note"),
			  form = secret_derive(&key, "form");
	struct secret_key again = secret_derive(&key, "note");

	cr_expect_neq(memcmp(note.b, form.b, 32), 0);
	cr_expect_neq(memcmp(note.b, key.b, 32), 0);
	cr_expect_arr_eq(note.b, again.b, 32);
	note = secret_from_text("token", "answer");
	form = secret_from_text("token", "other");
	cr_expect_neq(memcmp(note.b, form.b, 32), 0);
	form = secret_from_text("tokem", "answer");
	cr_expect_neq(memcmp(note.b, form.b, 32), 0);
}

/* ---- sealed ---- */

Test(secret, what_is_sealed_opens_again)
{
	for (size_t len = 0; len < 300; len += 7) {
		char *text = arena_alloc(a, len + 1);
		struct blob sealed;

		memset(text, 'x', len);
		sealed = secret_seal(a, &key, "id", 2, text, len);
		cr_expect_eq(sealed.len, len + SECRET_SEAL_OVERHEAD);
		cr_expect_str_eq(secret_open(a, &key, "id", 2, sealed), text);
	}
}

Test(secret, the_same_text_is_never_sealed_alike)
{
	struct blob one = secret_seal(a, &key, "id", 2, "text", 4);
	struct blob two = secret_seal(a, &key, "id", 2, "text", 4);

	cr_expect_neq(memcmp(one.p, two.p, one.len), 0);
	cr_expect_neq(memcmp(one.p, two.p, 12), 0);
	cr_expect_null(memmem(one.p, one.len, "text", 4));
}

Test(secret, it_opens_with_its_key_and_its_owner_alone)
{
	struct blob sealed = secret_seal(a, &key, "id", 2, "text", 4);

	cr_expect_null(secret_open(a, &other_key, "id", 2, sealed));
	cr_expect_null(secret_open(a, &key, "ie", 2, sealed));
	cr_expect_null(secret_open(a, &key, "id0", 3, sealed));
	cr_expect_null(secret_open(a, &key, "", 0, sealed));
	cr_expect_str_eq(secret_open(a, &key, "id", 2, sealed), "text");
}

Test(secret, a_single_changed_bit_anywhere_is_noticed)
{
	struct blob sealed = secret_seal(a, &key, "id", 2, "some text", 9);

	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		char *copy = arena_strndup(a, sealed.p, sealed.len);

		copy[bit / 8] ^= (char)(1 << bit % 8);
		cr_assert_null(
		    secret_open(a, &key, "id", 2, (struct blob){ copy, sealed.len }),
		    "bit %zu", bit);
	}
}

Test(secret, what_is_cut_short_or_missing_does_not_open)
{
	struct blob sealed = secret_seal(a, &key, "id", 2, "some text", 9);

	for (size_t len = 0; len < sealed.len; len++)
		cr_assert_null(
		    secret_open(a, &key, "id", 2, (struct blob){ sealed.p, len }));
	cr_expect_null(secret_open(a, &key, "id", 2, (struct blob){ NULL, 0 }));
}

static void *
seal_many(void *arg)
{
	struct arena *own = arena_new((size_t)1 << 24);
	bool *ok = arg;

	*ok = true;
	for (int i = 0; i < 500; i++) {
		struct arena_mark mark = arena_mark(own);
		char *text = arena_printf(own, "text %d of %p", i, arg);
		struct blob sealed = secret_seal(own, &key, "id", 2, text, strlen(text));
		char *opened = secret_open(own, &key, "id", 2, sealed);

		*ok &= opened != NULL && strcmp(opened, text) == 0;
		arena_rewind(own, mark);
	}
	arena_free(own);
	return NULL;
}

Test(secret, threads_do_not_disturb_each_other)
{
	pthread_t threads[4];
	bool ok[4];

	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, seal_many, &ok[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		cr_expect(ok[i]);
	}
}

/* ---- tokens ---- */

Test(secret, tokens_are_43_characters_and_never_the_same)
{
	enum { MANY = 2000 };
	static char all[MANY][SECRET_TOKEN_LEN];
	size_t ones = 0;

	for (int i = 0; i < MANY; i++) {
		uint8_t bytes[32];

		secret_token(all[i]);
		cr_assert_eq(strlen(all[i]), 43);
		cr_assert(str_base64url_decode(all[i], bytes, 32));
		for (int k = 0; k < 256; k++)
			ones += bytes[k / 8] >> k % 8 & 1;
		for (int k = 0; k < i; k++)
			cr_assert(memcmp(all[i], all[k], 8) != 0, "%s", all[i]);
	}
	/* half of 512,000 bits, give or take eight standard deviations */
	cr_expect(ones > 256000 - 2900 && ones < 256000 + 2900, "%zu", ones);
}

Test(secret, randomness_comes_in_any_amount)
{
	uint8_t one[600] = { 0 }, two[600] = { 0 };

	for (size_t len = 16; len <= sizeof(one); len += 73) {
		rand_bytes(one, len);
		rand_bytes(two, len);
		cr_expect_neq(memcmp(one, two, len), 0);
		cr_expect(len == sizeof(one) || one[len] == 0); /* and no more */
		memset(one, 0, sizeof(one));
	}
}

/* ---- the key file ---- */

static char error[SECRET_ERROR_LEN];

Test(secret, a_master_key_is_made_once_and_read_ever_after)
{
	struct place place;
	struct secret_key made, read;
	struct stat st;
	const char *path;
	char *text;

	place_make(&place);
	path = place_path(a, &place, "master.key");
	cr_assert_eq(secret_key_file(path, true, &made, error), 0, "%s", error);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0400);
	cr_assert_eq(secret_key_file(path, true, &read, error), 0);
	cr_expect_arr_eq(made.b, read.b, 32);
	cr_assert_eq(secret_key_file(path, false, &read, error), 0);
	cr_expect_arr_eq(made.b, read.b, 32);
	text = place_read(a, path);
	cr_expect_str_eq(text, arena_printf(a, "%s\n", hex(made.b, 32)));
	place_remove(&place);
}

Test(secret, a_missing_master_key_is_not_made_up)
{
	struct place place;
	struct secret_key k;
	const char *path;

	place_make(&place);
	path = place_path(a, &place, "master.key");
	cr_expect_eq(secret_key_file(path, false, &k, error), -1);
	cr_expect_not_null(strstr(error, path), "%s", error);
	cr_expect_eq(access(path, F_OK), -1);
	cr_expect_eq(
	    secret_key_file(place_path(a, &place, "no/where"), true, &k, error), -1);
	place_remove(&place);
}

Test(secret, a_file_that_is_no_key_is_refused_with_its_name)
{
	static const char good[] =
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	const char *const wrong[] = { "", "\n", "abc", arena_printf(a, "%s0", good),
		arena_printf(a, "%s\n\n", good), arena_printf(a, " %s", good),
		arena_printf(a, "%.63s", good), arena_printf(a, "%.63sg", good),
		arena_printf(a, "%.63sA", good),
		arena_printf(a, "%.10s\n%s", good, good) };
	struct place place;
	struct secret_key k = { { 0 } };
	const char *path;

	place_make(&place);
	path = place_write(
	    a, &place, "master.key", good); /* the last line feed may be missing */
	cr_expect_eq(secret_key_file(path, false, &k, error), 0);
	cr_expect_eq(k.b[1], 0x11);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		place_write(a, &place, "master.key", wrong[i]);
		cr_expect_eq(
		    secret_key_file(path, true, &k, error), -1, "\"%s\"", wrong[i]);
		cr_expect_not_null(strstr(error, path));
		cr_expect_null(strstr(error, "001122"), "the key is in the message");
	}
	place_remove(&place);
}
