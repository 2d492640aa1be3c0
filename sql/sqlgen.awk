# SPDX-License-Identifier: MIT
#
# sqlgen.awk - turns sql/queries/*.sql into typed C.
#
#   awk -v out=h -f sql/sqlgen.awk sql/queries/*.sql > queries.h
#   awk -v out=c -f sql/sqlgen.awk sql/queries/*.sql > queries.c
#
# sql/README.md says how a query is written. Refused here: an unknown type, an
# undeclared or unused parameter, a name given twice, a statement without end.

function die(msg) { print FILENAME ":" FNR ": " msg > "/dev/stderr"; failed = 1; exit 1 }

BEGIN {
	ctype["uuid"] = "struct uuid "; ctype["text"] = "const char *"
	ctype["int"] = ctype["time"] = "int64_t "; ctype["bool"] = "bool "
	ctype["blob"] = "struct blob "
	print "/* Made from sql/queries by sqlgen.awk. */"
	if (out == "h") {
		print "#ifndef QUERIES_H\n#define QUERIES_H\n#include \"store/db.h\"\n"
		print "/* Arguments override the poison before them on purpose. */"
		print "#ifdef __clang__\n#pragma GCC diagnostic ignored \"-Winitializer-overrides\""
		print "#else\n#pragma GCC diagnostic ignored \"-Woverride-init\"\n#endif"
	}
	else print "#include <stddef.h>\n#include \"queries.h\""
}

# "field type?, field type" into names[dir, i], types[...], nullable[...]
function declare(dir, list,   parts, word, i, n) {
	n = split(list, parts, / *, */)
	for (i = 1; i <= n; i++) {
		if (split(parts[i], word, / +/) != 2) die("bad field \"" parts[i] "\"")
		null_ok[dir, ++count[dir]] = sub(/\?$/, "", word[2])
		if (!(word[2] in ctype)) die("unknown type \"" word[2] "\"")
		field[dir, count[dir]] = word[1]; type[dir, count[dir]] = word[2]
		place[dir, word[1]] = count[dir]
	}
}

function is_number(t) { return t == "int" || t == "time" || t == "bool" }

function write_struct(dir,   i) {
	if (!count[dir]) return
	print "struct q_" name "_" dir " {"
	for (i = 1; i <= count[dir]; i++) {
		print "\t" ctype[type[dir, i]] field[dir, i] ";"
		if (null_ok[dir, i] && is_number(type[dir, i])) print "\tbool " field[dir, i] "_null;"
	}
	print "};"
}

function write_fields(dir,   i, f, s) {
	if (!count[dir]) return
	s = "struct q_" name "_" dir
	print "static const struct q_field " name "_" dir "[] = {"
	for (i = 1; i <= count[dir]; i++) {
		f = field[dir, i]
		printf "\t{ \"%s\", QT_%s, %s, offsetof(%s, %s), %s },\n", f, toupper(type[dir, i]), \
		    null_ok[dir, i] ? "true" : "false", s, f, \
		    null_ok[dir, i] && is_number(type[dir, i]) ? "offsetof(" s ", " f "_null)" : "0"
	}
	print "};"
}

# Named parameters become ?N in the order of "in:"; text in quotes is left alone.
function number_parameters(sql,   done, p, i) {
	while (match(sql, /'[^']*'|:[a-z_][a-z0-9_]*/)) {
		p = substr(sql, RSTART, RLENGTH)
		done = done substr(sql, 1, RSTART - 1)
		if (p ~ /^:/) {
			p = substr(p, 2)
			if (!(("in", p) in place)) die(name ": \":" p "\" is not declared")
			used[p] = 1
			p = "?" place["in", p]
		}
		done = done p
		sql = substr(sql, RSTART + RLENGTH)
	}
	for (i = 1; i <= count["in"]; i++)
		if (!(field["in", i] in used)) die(name ": \"" field["in", i] "\" is not used")
	return done sql
}

function c_string(s,   lines, i, n, r) {
	n = split(s, lines, "\n")
	for (i = 1; i <= n; i++) {
		gsub(/[\\"]/, "\\\\&", lines[i])
		if (lines[i] ~ /[^ \t]/) r = r "\n\t    \"" lines[i] "\\n\""
	}
	return r
}

function write_header(   i, poison, fn, args) {
	write_struct("in"); write_struct("out")
	for (i = 1; i <= count["in"]; i++)
		if (type["in", i] == "int" || type["in", i] == "time")
			poison = poison "." field["in", i] " = DB_UNSET, "
	print "extern const struct q_desc Q_" name ";"
	fn = kind == ":exec" ? "db_exec" : kind == ":one" ? "db_one" : "db_open_query"
	args = kind == ":one" ? ", row" : ""
	if (count["in"])
		printf "#define q_%s(db%s, ...) \\\n\t%s(db, &Q_%s, &(struct q_%s_in){ %s__VA_ARGS__ }%s)\n", \
		    name, args, fn, name, name, poison, args
	else
		printf "#define q_%s(db%s) %s(db, &Q_%s, NULL%s)\n", name, args, fn, name, args
	if (kind == ":many") {
		printf "#define q_%s_next(db, row) db_next(db, &Q_%s, row)\n", name, name
		printf "#define q_%s_close(db) db_close_query(db, &Q_%s)\n", name, name
	}
}

function write_source(sql) {
	write_fields("in"); write_fields("out")
	printf "const struct q_desc Q_%s = {\n\t\"%s\", %d,%s,\n\t%s, %s, %d, %d,\n};\n", name, name, \
	    total, c_string(sql), count["in"] ? name "_in" : "NULL", \
	    count["out"] ? name "_out" : "NULL", count["in"], count["out"]
}

function finish(   sql) {
	sub(/;[ \t\n]*$/, "", body)
	if ((kind == ":exec") != !count["out"]) die(name ": " kind (kind == ":exec" ? " with" : " without") " out")
	sql = number_parameters(body)
	printf "\n/* %s:%d */\n", at_file, at_line
	if (out == "h") write_header(); else write_source(sql)
	all = all "\t&Q_" name ",\n"; total++
	name = ""
}

/^-- name: / {
	if (name != "") die("\"" name "\" has no end")
	name = $3; kind = $4; at_file = FILENAME; at_line = FNR; body = ""
	if (kind !~ /^:(exec|one|many)$/) die(name ": bad kind \"" kind "\"")
	if (name in known) die("\"" name "\" is given twice")
	known[name] = 1; count["in"] = count["out"] = 0
	split("", place); split("", used)
	next
}
name != "" && /^-- in: /  { sub(/^-- in: +/, "");  sub(/,$/, ""); declare("in", $0);  next }
name != "" && /^-- out: / { sub(/^-- out: +/, ""); sub(/,$/, ""); declare("out", $0); next }
/^--/ || /^[ \t]*$/ { next }
name == "" { die("a statement without a name") }
{ sub(/[ \t]--.*/, ""); body = body $0 "\n"; if (/;[ \t]*$/) finish() }

END {
	if (failed) exit 1
	if (name != "") die("\"" name "\" has no end")
	if (out == "h") printf "\n#define Q_COUNT %d\nextern const struct q_desc *const q_all[];\n#endif\n", total
	else printf "\nconst struct q_desc *const q_all[] = {\n%s\tNULL,\n};\n", all
}
