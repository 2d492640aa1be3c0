/* SPDX-License-Identifier: MIT */
/* Who the client is: the socket's address, and what trusted proxies may say. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#include "http/limit.h"
#include "http/peer.h"

static const char *const proxy_words[] = { "10.0.0.1", "10.0.0.2", "2001:DB8:0::1" };

static struct strlist
proxies(void)
{
	static const char *v[ARRAY_LEN(proxy_words)];

	memcpy(v, proxy_words, sizeof(proxy_words));
	return (struct strlist){ .v = v, .n = ARRAY_LEN(v) };
}

Test(http_peer, the_right_most_hop_that_is_no_proxy_is_the_client)
{
	static const struct {
		const char *socket, *first, *second, *client;
	} rows[] = {
		/* nobody vouches */
		{ "192.0.2.7", "198.51.100.1", NULL, "192.0.2.7" },
		{ "192.0.2.7", NULL, NULL, "192.0.2.7" },
		/* one proxy, two proxies */
		{ "10.0.0.1", "198.51.100.1", NULL, "198.51.100.1" },
		{ "10.0.0.1", "198.51.100.1, 10.0.0.2", NULL, "198.51.100.1" },
		{ "10.0.0.1", "198.51.100.1,\t10.0.0.2 ", NULL, "198.51.100.1" },
		/* what the client made up stands further left */
		{ "10.0.0.1", "1.1.1.1, 198.51.100.1", NULL, "198.51.100.1" },
		{ "10.0.0.1", "10.0.0.2, 198.51.100.1", NULL, "198.51.100.1" },
		{ "10.0.0.1", "rubbish, 198.51.100.1", NULL, "198.51.100.1" },
		/* several lines are one list */
		{ "10.0.0.1", "1.1.1.1", "198.51.100.1", "198.51.100.1" },
		{ "10.0.0.1", "1.1.1.1, 198.51.100.1", "10.0.0.2", "198.51.100.1" },
		/* IPv6, in any spelling */
		{ "2001:db8::1", "2001:0DB8::0007", NULL, "2001:db8::7" },
		{ "10.0.0.1", "2001:db8::7, 2001:0db8:0:0::1", NULL, "2001:db8::7" },
		{ "10.0.0.1", "::ffff:198.51.100.1", NULL, "198.51.100.1" },
		{ "10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", NULL, "198.51.100.1" },
		/* no address: the socket's */
		{ "10.0.0.1", "198.51.100.1, rubbish", NULL, "10.0.0.1" },
		{ "10.0.0.1", "198.51.100.1,", NULL, "10.0.0.1" },
		{ "10.0.0.1", "", NULL, "10.0.0.1" },
		{ "10.0.0.1", ",", NULL, "10.0.0.1" },
		{ "10.0.0.1", "198.51.100.1:80", NULL, "10.0.0.1" },
		{ "10.0.0.1", "010.0.0.9", NULL, "10.0.0.1" },
		{ "10.0.0.1", "198.51.100.1 x", NULL, "10.0.0.1" },
		{ "10.0.0.1", "unknown", NULL, "10.0.0.1" },
		{ "10.0.0.1",
		    "1111111111111111111111111111111111111111111111111111111111111111",
		    NULL, "10.0.0.1" },
		/* nobody but proxies */
		{ "10.0.0.1", "10.0.0.2", NULL, "10.0.0.1" },
		{ "10.0.0.1", NULL, NULL, "10.0.0.1" },
	};
	struct strlist list = proxies();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_field f[3] = { { "x-forwarded-for", rows[i].first },
			{ "x-real-ip", "9.9.9.9" },
			{ "x-forwarded-for", rows[i].second } };
		size_t from = rows[i].first == NULL ? 1 : 0;
		size_t to = rows[i].second == NULL ? 2 : 3;
		char client[PEER_TEXT_LEN];

		peer_behind(&list, rows[i].socket, f + from, to - from, client);
		cr_expect_str_eq(client, rows[i].client, "row %zu: %s", i, client);
	}
}

static struct sockaddr_storage
address(const char *text)
{
	struct sockaddr_storage ss = { 0 };
	void *p = &ss;
	struct sockaddr_in *in = p;
	struct sockaddr_in6 *in6 = p;

	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		ss.ss_family = AF_INET;
	} else {
		ss.ss_family = AF_INET6;
		cr_assert_eq(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
	}
	return ss;
}

static uint64_t
key(const char *text)
{
	struct sockaddr_storage ss = address(text);
	const void *p = &ss;

	return peer_key(p);
}

Test(http_peer, addresses_are_counted_by_host_or_by_their_64)
{
	cr_expect_eq(key("192.0.2.1"), key("::ffff:192.0.2.1"));
	cr_expect_neq(key("192.0.2.1"), key("192.0.2.2"));
	cr_expect_eq(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
	cr_expect_neq(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
	cr_expect_neq(key("192.0.2.1"), key("::1"));
}

Test(http_peer, an_address_has_one_text)
{
	static const char *const rows[][2] = { { "192.0.2.1", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "2001:DB8:0:0::1", "2001:db8::1" } };
	struct sockaddr_storage ss;
	char text[PEER_TEXT_LEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const void *p = &ss;

		ss = address(rows[i][0]);
		peer_text(p, text);
		cr_expect_str_eq(text, rows[i][1]);
	}
}

Test(http_limit, connections_are_counted_in_all_and_by_address)
{
	struct limiter *l = limiter_new();
	struct limit_count *a, *b, *c, *d;

	cr_expect(limit_take(l, 1, 3, 2, &a));
	cr_expect(limit_take(l, 1, 3, 2, &b));
	cr_expect_not(limit_take(l, 1, 3, 2, &c), "one address has two already");
	cr_expect(limit_take(l, 1, 3, 0, &c), "0 counts no address");
	cr_expect_not(limit_take(l, 2, 3, 2, &d), "three in all");
	limit_release(l, a);
	cr_expect(limit_take(l, 1, 3, 2, &a));
	limit_release(l, a);
	limit_release(l, b);
	limit_release(l, c);
	for (uint64_t k = 0; k < 3; k++)
		cr_expect(limit_take(l, k, 3, 1, &d));
	limiter_free(l);
}
