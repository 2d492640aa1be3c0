# SPDX-License-Identifier: MIT
# embed.awk - a text file as a C string: awk -v name=SYMBOL -f embed.awk FILE
BEGIN { print "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nextern const char " name "[];\nconst char " name "[] =" }
{ gsub(/[\\"]/, "\\\\&"); print "    \"" $0 "\\n\"" }
END { print "    \"\";" }
