/* SPDX-License-Identifier: MIT */
/*
 * clinic_store.c - the clinic file, the catalogue and this database's own keys,
 * read at start and changed by an administrator. Every file loaded is kept.
 */
#include <string.h>

#include "base/rand.h"
#include "book/admin.h"
#include "book/stranded.h"
#include "queries.h"

#define RESOURCES_MAX 4096 /* of all that ever were */

static int
number_branches(struct tx *tx, struct clinic *c)
{
	struct q_branch_list_out row;
	int rc = q_branch_list(tx->db);

	while (rc >= 0 && (rc = q_branch_list_next(tx->db, &row)) == 1)
		for (size_t i = 0; i < c->branch_count; i++)
			if (strcmp(c->branches[i].slug, row.slug) == 0)
				c->branches[i].id = row.id;
	return rc;
}

static int
store_branches(struct tx *tx, const struct clinic *c)
{
	struct q_branch_list_out rows[64];
	size_t count = 0;
	int rc = q_branch_list(tx->db);

	while (rc >= 0 && count < ARRAY_LEN(rows) &&
	       (rc = q_branch_list_next(tx->db, &rows[count])) == 1)
		count++;
	if (count == ARRAY_LEN(rows))
		q_branch_list_close(tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++)
		if (rows[i].active && clinic_branch(c, rows[i].slug) == NULL)
			rc = q_branch_deactivate(tx->db, .id = rows[i].id);
	for (size_t i = 0; rc >= 0 && i < c->branch_count; i++)
		rc = q_branch_upsert(
		    tx->db, .slug = c->branches[i].slug, .name = c->branches[i].name);
	return rc;
}

/* ---- doctors and rooms ---- */

static void
number_one(struct clinic *c, const struct q_resource_list_out *row)
{
	bool doctor = strcmp(row->class, "doctor") == 0;

	for (size_t i = 0; doctor && i < c->doctor_count; i++)
		if (strcmp(c->doctors[i].slug, row->slug) == 0)
			c->doctors[i].id = row->id;
	for (size_t i = 0; !doctor && i < c->room_count; i++)
		if (strcmp(c->rooms[i].slug, row->slug) == 0)
			c->rooms[i].id = row->id;
}

static int
number_resources(struct tx *tx, struct clinic *c)
{
	struct q_resource_list_out row;
	int rc = q_resource_list(tx->db);

	while (rc >= 0 && (rc = q_resource_list_next(tx->db, &row)) == 1)
		number_one(c, &row);
	return rc;
}

static bool
has_resource(const struct clinic *c, int64_t id)
{
	for (size_t i = 0; i < c->room_count; i++)
		if (c->rooms[i].id == id)
			return true;
	return clinic_doctor_by_id(c, id) != NULL;
}

/* Who is not in the file any more is inactive; what stands in the records stays. */
static int
retire_resources(struct tx *tx, const struct clinic *c)
{
	struct q_resource_list_out *rows = ARENA_ARRAY(tx->arena, struct q_resource_list_out, RESOURCES_MAX);
	size_t count = 0;
	int rc = q_resource_list(tx->db);

	while (rc >= 0 && count < RESOURCES_MAX && (rc = q_resource_list_next(tx->db, &rows[count])) == 1)
		count++;
	if (count == RESOURCES_MAX)
		q_resource_list_close(tx->db);
	for (size_t i = 0; rc >= 0 && i < count; i++)
		if (rows[i].active && !has_resource(c, rows[i].id))
			rc = q_resource_deactivate(tx->db, .id = rows[i].id);
	return rc;
}

/* A room cannot become smaller than what is booked in it. */
static int
check_capacities(struct tx *tx, struct call *call, const struct clinic *c)
{
	struct q_resource_taken_above_out taken;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < c->room_count; i++) {
		if (c->rooms[i].id == 0)
			continue;
		rc = q_resource_taken_above(tx->db, &taken, .id = c->rooms[i].id,
		    .unit = c->rooms[i].capacity, .now = tx->now);
		if (rc == 1)
			problem_add(&call->problems,
			    arena_printf(tx->arena, "$.rooms.%s.capacity", c->rooms[i].slug), "taken",
			    "more is booked at the same time than %d", c->rooms[i].capacity);
	}
	return rc < 0 ? rc : call_check(call);
}

static int
store_resources(struct tx *tx, struct clinic *c)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < c->doctor_count; i++)
		rc = q_resource_upsert(
		    tx->db, .class = "doctor", .slug = c->doctors[i].slug, .capacity = 1);
	for (size_t i = 0; rc >= 0 && i < c->room_count; i++)
		rc = q_resource_upsert(tx->db, .class = "room", .slug = c->rooms[i].slug,
		    .capacity = c->rooms[i].capacity);
	if (rc >= 0)
		rc = number_resources(tx, c);
	return rc < 0 ? rc : retire_resources(tx, c);
}

static int
number_schedule(struct tx *tx, struct clinic *c)
{
	struct q_schedule_version_out v = { 0 };
	int rc = number_branches(tx, c);

	if (rc >= 0)
		rc = q_schedule_version(tx->db, &v);
	c->schedule = v.version;
	return rc;
}

int
clinic_complete(struct tx *tx, struct clinic *c)
{
	int rc = number_schedule(tx, c);

	if (rc >= 0)
		rc = number_resources(tx, c);
	return rc < 0 ? rc : clinic_add_staff_rows(tx, c);
}

static int
store_texts(struct tx *tx, const struct clinic *c)
{
	static const char *const languages[] = { "en", "ms", "zh-Hans" };
	static const struct {
		const char *name;
		enum clinic_text text;
	} kinds[] = { { "consent", TEXT_CONSENT }, { "notice", TEXT_NOTICE } };
	int rc = 0;

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (size_t l = 0; rc >= 0 && l < ARRAY_LEN(languages); l++)
			rc = q_text_insert(tx->db, .kind = kinds[k].name,
			    .language = languages[l],
			    .version = c->text_version[l][kinds[k].text],
			    .body = c->text[l][kinds[k].text], .now = tx->now);
	return rc;
}

static int
store_document(struct tx *tx, const struct call *c, struct clinic *next)
{
	const struct clinic_cmd *cmd = c->cmd;
	struct q_clinic_file_insert_out row;
	uint8_t hash[SECRET_HASH_LEN];
	int rc;

	secret_hash(cmd->document, cmd->document_len, hash);
	rc = q_clinic_file_insert(tx->db, &row, .now = tx->now, .actor = c->actor.name,
	    .sha256 = { hash, sizeof(hash) }, .document = next->document);
	if (rc >= 0) {
		next->version = row.version;
		rc = store_branches(tx, next);
	}
	if (rc >= 0)
		rc = store_resources(tx, next);
	if (rc >= 0)
		rc = store_texts(tx, next);
	if (rc >= 0)
		rc = q_schedule_version_raise(tx->db);
	return rc < 0 ? rc : number_schedule(tx, next);
}

/* What would change, and whom it would strand. */
static int
weigh(struct tx *tx, struct call *c, struct clinic *next)
{
	const struct clinic_cmd *cmd = c->cmd;
	struct clinic_res *res = c->res;
	int rc = clinic_complete(tx, next);

	if (rc >= 0)
		rc = check_capacities(tx, c, next);
	if (rc >= 0)
		rc = stranded_find(tx, c->clinic, next, &res->stranded);
	if (rc < 0)
		return rc;
	res->changes = clinic_changes(tx->arena, c->clinic, next);
	for (size_t i = 0; i < res->changes.n; i++) /* they outlive the parsed file */
		res->changes.v[i] = arena_strdup(tx->arena, res->changes.v[i]);
	if (cmd->dry_run || cmd->accept_stranded || stranded_fresh(&res->stranded) == 0)
		return 0;
	c->conflict = stranded_sentence(tx->arena, &res->stranded);
	return E_CONFLICT;
}

int
clinic_load(struct tx *tx, struct call *c)
{
	const struct clinic_cmd *cmd = c->cmd;
	struct clinic_res *res = c->res;
	struct clinic *next =
	    clinic_parse(cmd->document, cmd->document_len, &c->problems);
	int rc;

	if (next == NULL)
		return E_INVALID;
	rc = weigh(tx, c, next);
	if (rc >= 0 && !cmd->dry_run)
		rc = store_document(tx, c, next);
	if (rc >= 0 && !cmd->dry_run)
		rc = stranded_mark(tx, c, &res->stranded);
	if (rc < 0 || cmd->dry_run)
		clinic_free(next);
	else
		c->loaded = next;
	return rc < 0 ? rc : 0;
}

static bool
lacks_numbers(const struct clinic *c)
{
	for (size_t i = 0; i < c->doctor_count; i++)
		if (c->doctors[i].id == 0)
			return true;
	for (size_t i = 0; i < c->room_count; i++)
		if (c->rooms[i].id == 0)
			return true;
	return false;
}

int
clinic_read(struct tx *tx, struct clinic **ret_clinic)
{
	struct q_clinic_file_last_out row;
	struct problems problems = { .arena = tx->arena };
	struct clinic *c;
	int rc = q_clinic_file_last(tx->db, &row);

	if (rc <= 0)
		return rc;
	c = clinic_parse(row.document, strlen(row.document), &problems);
	if (c == NULL)
		return E_INVALID;
	c->version = row.version;
	rc = clinic_complete(tx, c);
	if (rc >= 0 && lacks_numbers(c)) /* loaded before there was a calendar */
		rc = store_resources(tx, c);
	if (rc < 0) {
		clinic_free(c);
		return rc;
	}
	*ret_clinic = c;
	return 1;
}

/* ---- the catalogue ---- */

static int
number_term(struct tx *tx, struct term *t)
{
	struct q_term_id_out known;
	struct q_term_insert_out made;
	const char *kind = term_kind_name(t->kind);
	int rc = q_term_id(tx->db, &known, .kind = kind, .slug = t->slug);

	if (rc == 1)
		t->id = known.id;
	if (rc == 0 &&
	    (rc = q_term_insert(tx->db, &made, .kind = kind, .slug = t->slug)) >= 0)
		t->id = made.id;
	return rc;
}

int
taxonomy_register(struct tx *tx, struct taxonomy *t)
{
	struct q_taxonomy_by_hash_out known;
	struct q_taxonomy_insert_out made;
	struct blob hash = { t->sha256, sizeof(t->sha256) };
	int rc = q_taxonomy_by_hash(tx->db, &known, .sha256 = hash);

	if (rc == 1)
		t->version = known.version;
	if (rc == 0 &&
	    (rc = q_taxonomy_insert(tx->db, &made, .sha256 = hash, .now = tx->now)) >= 0)
		t->version = made.version;
	for (size_t i = 0; rc >= 0 && i < t->term_count; i++)
		rc = number_term(tx, &t->terms[i]);
	return rc < 0 ? rc : 0;
}

/* ---- keys ---- */

/* The value kept under that name, or fresh, which is kept from now on. */
static int
setting(struct tx *tx, const char *name, const uint8_t fresh[SECRET_KEY_LEN],
    uint8_t ret_value[SECRET_KEY_LEN])
{
	struct q_setting_get_out row;
	int rc = q_setting_get(tx->db, &row, .name = name);

	if (rc == 1) {
		if (row.value.len != SECRET_KEY_LEN)
			return E_DB;
		memcpy(ret_value, row.value.p, SECRET_KEY_LEN);
		return 0;
	}
	if (rc == 0)
		rc = q_setting_put(
		    tx->db, .name = name, .value = { fresh, SECRET_KEY_LEN });
	memcpy(ret_value, fresh, SECRET_KEY_LEN);
	return rc < 0 ? rc : 0;
}

int
database_keys(struct tx *tx, const struct secret_key *master, struct op_keys *ret_keys)
{
	uint8_t check[SECRET_KEY_LEN], kept[SECRET_KEY_LEN], fresh[SECRET_KEY_LEN];
	int rc;

	secret_mac(master, "master key check", 16, check);
	if ((rc = setting(tx, "master_key_check", check, kept)) < 0)
		return rc;
	if (!secret_equal(check, kept, sizeof(check)))
		return E_FORBIDDEN; /* another database's key */
	rand_bytes(fresh, sizeof(fresh));
	if ((rc = setting(tx, "reference_key", fresh, ret_keys->reference.b)) < 0)
		return rc;
	ret_keys->note = secret_derive(master, "note");
	ret_keys->form = secret_derive(master, "form token");
	ret_keys->suppression = secret_derive(master, "suppression");
	return 0;
}
