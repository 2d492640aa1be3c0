/* SPDX-License-Identifier: MIT */
/* arena.c - memory that is given back at once, and remembers when it was too much. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/arena.h"

static struct arena *a;

static void
setup(void)
{
	a = arena_new(65536);
}

static void
teardown(void)
{
	arena_free(a);
}

TestSuite(arena, .init = setup, .fini = teardown);

Test(arena, what_it_gives_is_zeroed_and_aligned_for_anything)
{
	for (size_t len = 0; len < 300; len++) {
		char *p = arena_alloc(a, len);

		cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xff, len);
	}
}

Test(arena, pieces_do_not_overlap)
{
	char *before = arena_alloc(a, 33), *p;

	memset(before, 'a', 33);
	for (int i = 0; i < 2000; i++) {
		p = arena_alloc(a, 33);
		memset(p, 'a' + i % 26, 33);
		for (int k = 0; k < 33; k++)
			cr_assert_eq(before[k], i == 0 ? 'a' : 'a' + (i - 1) % 26);
		before = p;
	}
}

Test(arena, a_piece_larger_than_any_block_has_one_of_its_own)
{
	char *p = arena_alloc(a, 100000);

	memset(p, 1, 100000);
	p = arena_alloc(a, 10);
	cr_expect_eq(p[0], 0);
}

Test(arena, past_its_cap_it_goes_on_and_remembers)
{
	cr_expect_not(arena_overflowed(a));
	arena_alloc(a, 20000);
	cr_expect_not(arena_overflowed(a));
	for (int i = 0; i < 10; i++)
		cr_assert_not_null(arena_alloc(a, 10000));
	cr_expect(arena_overflowed(a));
	cr_expect_gt(arena_size(a), 65536);
}

Test(arena, a_rewind_gives_back_what_came_after_the_mark)
{
	char *kept = arena_strdup(a, "kept");
	size_t size = arena_size(a);
	struct arena_mark mark = arena_mark(a);
	char *first = arena_alloc(a, 10);

	memset(first, 'x', 10);
	for (int i = 0; i < 5; i++)
		arena_alloc(a, 9000);
	cr_expect_gt(arena_size(a), size);
	arena_rewind(a, mark);
	cr_expect_eq(arena_size(a), size);
	cr_expect_str_eq(kept, "kept");
	cr_expect_eq(arena_alloc(a, 10), first);
	for (int i = 0; i < 10; i++)
		cr_expect_eq(first[i], 0);
}

Test(arena, marks_nest)
{
	struct arena_mark outer = arena_mark(a), inner;
	char *one = arena_alloc(a, 100), *two;

	inner = arena_mark(a);
	two = arena_alloc(a, 50000);
	arena_rewind(a, inner);
	cr_expect_neq(arena_alloc(a, 100), one);
	arena_rewind(a, outer);
	cr_expect_eq(arena_alloc(a, 100), one);
	(void)two;
}

Test(arena, an_overflow_is_remembered_past_a_rewind)
{
	struct arena_mark mark = arena_mark(a);

	arena_alloc(a, 100000);
	arena_rewind(a, mark);
	cr_expect(arena_overflowed(a)); /* whoever asks at the end must know */
}

Test(arena, texts_are_copied_whole)
{
	char large[2000], *p;

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	cr_expect_str_eq(arena_strdup(a, ""), "");
	cr_expect_null(arena_strdup(a, NULL));
	cr_expect_str_eq(arena_strndup(a, "abcdef", 3), "abc");
	cr_expect_arr_eq(arena_strndup(a, "a\0b", 3), "a\0b", 4);
	cr_expect_str_eq(arena_printf(a, "%s-%d", "n", -7), "n--7");
	for (int n = 250; n < 260; n++) { /* about the size of the first attempt */
		p = arena_printf(a, "%.*s", n, large);
		cr_expect_eq(strlen(p), (size_t)n);
	}
	cr_expect_str_eq(arena_printf(a, "%s", large), large);
}

Test(arena, arrays_too_large_to_count_are_a_bug, .signal = SIGABRT)
{
	arena_calloc(a, SIZE_MAX / 8, 16);
}

Test(arena, something_that_is_no_arena_is_a_bug, .signal = SIGABRT)
{
	static _Alignas(16) char not_one[256];

	arena_free((struct arena *)(void *)not_one);
}
