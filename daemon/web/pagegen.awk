# SPDX-License-Identifier: MIT
#
# pagegen.awk - turns daemon/web/pages/*.html into C, one function a page.
#
#   awk -v out=h|c -f daemon/web/pagegen.awk daemon/web/pages/*.html
#
#   {{page NAME(ARGS)}} ... {{/page}}   void page_NAME(struct obuf *o, ARGS)
#   {{EXPR}}            EXPR, escaped for text and for a quoted attribute
#   {{use NAME(ARGS)}}  another page, into the same buffer
#   {{if (C)}} {{else}} {{for (A; B; C)}} {{end}}   as in C
#
# A value may stand in text or inside a quoted attribute and nowhere else: in an
# unquoted attribute, a tag's name, a script or a style it is refused. Lines of
# the C carry #line, so that the compiler's errors point at the .html.

function die(msg) { print FILENAME ":" FNR ": " msg > "/dev/stderr"; failed = 1; exit 1 }

BEGIN {
	print "/* Made from daemon/web/pages by pagegen.awk. */"
	if (out == "h") print "#ifndef PAGES_H\n#define PAGES_H\n#include \"web/view.h\"\n"
	else print "#include <string.h>\n\n#include \"pages.h\"\n"
}

function signature(s) {
	sub(/^\{\{page +/, "", s); sub(/\}\}[ \t]*$/, "", s)
	sub(/\(/, "(struct obuf *o, ", s); sub(/, (void)?\)/, ")", s)
	return "void page_" s
}

# Text is gathered and written as one literal when a tag or the page's end comes.
function flush_text() {
	if (text == "") return
	gsub(/[\\"]/, "\\\\&", text); gsub(/\n/, "\\n", text)
	printf "\tobuf_put(o, \"%s\", sizeof(\"%s\") - 1);\n", text, text
	text = ""
}

# Where in the HTML are we? Follows text to know whether a value may stand here.
function follow(s,   i, c) {
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (state == "text") { if (c == "<") { state = "tag"; tag = "" } }
		else if (state == "tag") {
			if (c == "\"") state = "quoted"
			else if (c == ">") { state = "text"; if (tag ~ /^(script|style)/) die("no scripts or styles in pages") }
			else tag = tag c
		} else if (c == "\"") state = "tag"
	}
}

function expression(t,   w) {
	w = t; sub(/[ (].*/, "", w)
	flush_text()
	printf "#line %d \"%s\"\n", FNR, FILENAME
	if (w == "if" || w == "for") { print "\t" t " {"; depth++ }
	else if (w == "else") print "\t} else {"
	else if (w == "end") { if (depth-- == 0) die("{{end}} without a beginning"); print "\t}" }
	else if (w == "use") {
		sub(/^use +/, "", t); sub(/\(/, "(o, ", t); sub(/, \)/, ")", t)
		print "\tpage_" t ";"
	} else {
		if (state == "tag") die("a value stands outside of quotes in a tag")
		print "\tview_value(o, " t ");"
	}
}

/^\{\{page / {
	if (inside) die("a page inside a page")
	if (out == "h") print signature($0) ";"; else print signature($0) "\n{"
	inside = 1; depth = 0; state = "text"; text = ""
	next
}
/^\{\{\/page\}\}/ {
	if (!inside) die("{{/page}} without a page")
	if (depth) die("{{end}} is missing")
	if (state != "text") die("the page ends inside a tag")
	if (out == "c") { flush_text(); print "}\n" }
	inside = 0; next
}
inside && out == "c" {
	line = $0; sub(/^[ \t]+/, "", line)
	while ((i = index(line, "{{")) > 0) {
		if ((j = index(line, "}}")) == 0) die("}} is missing on this line")
		before = substr(line, 1, i - 1)
		follow(before); text = text before
		expression(substr(line, i + 2, j - i - 2))
		line = substr(line, j + 2)
	}
	if (line != "") { follow(line "\n"); text = text line "\n" }
}
END { if (failed) exit 1; if (inside) die("{{/page}} is missing"); if (out == "h") print "#endif" }
