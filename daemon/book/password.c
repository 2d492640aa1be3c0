/* SPDX-License-Identifier: MIT */
/* password.c - a small queue before two threads that do nothing but argon2id. */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/rand.h"
#include "book/password.h"

#define THREADS 2
#define WAITING_MAX 64
#define OPSLIMIT 2
#define MEMLIMIT ((size_t)19 * 1024 * 1024) /* OWASP's stated minimum with t=2 */
#define BASE64 sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define BASE64_LEN(n) sodium_base64_ENCODED_LEN(n, BASE64)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static struct password_job *first, **last = &first;
static int waiting;
static bool stopping;
static pthread_t threads[THREADS];
static char nobody[PASSWORD_HASH_LEN];

void
password_hash_now(const char *password, char ret_hash[PASSWORD_HASH_LEN])
{
	BUG_UNLESS(sodium_init() >= 0);
	BUG_UNLESS(crypto_pwhash_str_alg(ret_hash, password, strlen(password), OPSLIMIT,
		       MEMLIMIT, crypto_pwhash_ALG_ARGON2ID13) == 0);
}

static void
work(struct password_job *j)
{
	if (j->hash == NULL)
		password_hash_now(j->password, j->new_hash);
	else
		j->ok = crypto_pwhash_str_verify(
			    j->hash, j->password, strlen(j->password)) == 0;
	mailbox_put(j->reply_to, &j->letter);
}

static struct password_job *
take(void)
{
	struct password_job *j;

	pthread_mutex_lock(&lock);
	while (first == NULL && !stopping)
		pthread_cond_wait(&filled, &lock);
	j = first;
	if (j != NULL) {
		first = j->next;
		if (first == NULL)
			last = &first;
		waiting--;
	}
	pthread_mutex_unlock(&lock);
	return j;
}

static void *
thread_main(void *arg)
{
	struct password_job *j;

	while ((j = take()) != NULL)
		work(j);
	return arg;
}

void
password_start(void)
{
	uint8_t random[16 + 32];
	char salt[BASE64_LEN(16)], hash[BASE64_LEN(32)];

	/* Made up, not computed: argon2id would be half of the daemon's start. */
	BUG_UNLESS(sodium_init() >= 0);
	rand_bytes(random, sizeof(random));
	sodium_bin2base64(salt, sizeof(salt), random, 16, BASE64);
	sodium_bin2base64(hash, sizeof(hash), random + 16, 32, BASE64);
	snprintf(nobody, sizeof(nobody), "$argon2id$v=19$m=%zu,t=%d,p=1$%s$%s",
	    MEMLIMIT / 1024, OPSLIMIT, salt, hash);
	for (int i = 0; i < THREADS; i++)
		BUG_UNLESS(pthread_create(&threads[i], NULL, thread_main, NULL) == 0);
}

void
password_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_broadcast(&filled);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int
password_submit(struct password_job *j)
{
	bool full;

	j->next = NULL;
	j->letter.next = NULL;
	j->ok = false;
	pthread_mutex_lock(&lock);
	full = stopping || waiting >= WAITING_MAX;
	if (!full) {
		*last = j;
		last = &j->next;
		waiting++;
		pthread_cond_signal(&filled);
	}
	pthread_mutex_unlock(&lock);
	return full ? E_BUSY : 0;
}

const char *
password_of_nobody(void)
{
	return nobody;
}

void
password_one_time(char ret_text[PASSWORD_ONE_TIME_LEN])
{
	static const char alphabet[] =
	    "23456789abcdefghjkmnpqrstuvwxyz!"; /* 32: no bias */
	uint8_t random[16];
	size_t n = 0;

	rand_bytes(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i > 0 && i % 4 == 0)
			ret_text[n++] = '-';
		ret_text[n++] = alphabet[random[i] & 31];
	}
	ret_text[n] = '\0';
}
