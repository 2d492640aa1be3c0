#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""yaml2json.py FILE: the simple YAML of openapi.yaml as JSON on stdout.

A strict subset, read the same by every YAML parser: block mappings and
sequences, two spaces a level (sequences one level below their key), plain or
double-quoted scalars on one line, folded text (>-), [] and {} when empty, and
comments on lines of their own. Anything else is refused with its line: a plain
scalar that parsers disagree on must be quoted.
"""
import json
import re
import sys

KEY = re.compile(r'("(?:[^"\\]|\\.)*"|[A-Za-z_$/.][^\s:#"\']*):(?: +(\S.*))?$')
NUMBER = re.compile(r'-?(0|[1-9][0-9]*)(\.[0-9]+)?$')
AMBIGUOUS = re.compile(r'(?i:yes|no|on|off|y|n|null|~|true|false)$|[0-9.+-][0-9.:eE_+-]*$'
                       r'|[0-9]{4}-[0-9]{2}-[0-9]{2}|0[xo]')
WORDS = {'true': True, 'false': False, 'null': None}


class Mistake(Exception):
    pass


def read_lines(text):
    """(number, indent, text) of every line that says something."""
    lines = []
    for number, line in enumerate(text.split('\n'), 1):
        body = line.lstrip(' ')
        if '\t' in line or line != line.rstrip():
            raise Mistake(f'{number}: tab, or blanks at the end')
        if body and not body.startswith('#'):
            if (len(line) - len(body)) % 2:
                raise Mistake(f'{number}: indent by two spaces')
            lines.append((number, len(line) - len(body), body))
    return lines


def scalar(number, text):
    if text in ('[]', '{}'):
        return json.loads(text)
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            raise Mistake(f'{number}: a quoted scalar ends on its line, with JSON escapes')
    if text in WORDS:
        return WORDS[text]
    if NUMBER.match(text):
        return json.loads(text)
    if text[0] in '-?:,[]{}#&*!|>\'%@`' or ': ' in text or ' #' in text or text.endswith(':'):
        raise Mistake(f'{number}: quote this scalar: {text}')
    if AMBIGUOUS.match(text):
        raise Mistake(f'{number}: parsers disagree on {text}: quote it')
    return text


class Reader:
    def __init__(self, lines):
        self.lines = lines
        self.at = 0

    def here(self, indent):
        """Whether the next line belongs to the block at indent."""
        if self.at == len(self.lines) or self.lines[self.at][1] < indent:
            return False
        if self.lines[self.at][1] > indent:
            raise Mistake(f'{self.lines[self.at][0]}: unexpected indent')
        return True

    def block(self, indent):
        if self.lines[self.at][2].startswith('- '):
            return self.sequence(indent)
        return self.mapping(indent)

    def sequence(self, indent):
        items = []
        while self.here(indent):
            number, _, text = self.lines[self.at]
            if not text.startswith('- ') or text[2] in ' -':
                raise Mistake(f'{number}: expected "- item"')
            if KEY.match(text[2:]):
                self.lines[self.at] = (number, indent + 2, text[2:])
                items.append(self.mapping(indent + 2))
            else:
                self.at += 1
                items.append(scalar(number, text[2:]))
        return items

    def mapping(self, indent):
        result = {}
        while self.here(indent):
            number, _, text = self.lines[self.at]
            match = KEY.match(text)
            if not match:
                raise Mistake(f'{number}: expected "key: value"')
            key = scalar(number, match[1])
            if not isinstance(key, str):
                raise Mistake(f'{number}: quote this key: {key}')
            if key in result:
                raise Mistake(f'{number}: {key} is there twice')
            self.at += 1
            result[key] = self.value(number, match[2], indent)
        return result

    def value(self, number, text, indent):
        if text == '>-':
            return self.folded(number, indent + 2)
        if text is not None:
            return scalar(number, text)
        if self.at == len(self.lines) or self.lines[self.at][1] != indent + 2:
            raise Mistake(f'{number}: a key without a value')
        return self.block(indent + 2)

    def folded(self, number, indent):
        words = []
        while self.at < len(self.lines) and self.lines[self.at][1] >= indent:
            if self.lines[self.at][1] > indent:
                raise Mistake(f'{self.lines[self.at][0]}: folded text keeps its indent')
            words.append(self.lines[self.at][2])
            self.at += 1
        if not words:
            raise Mistake(f'{number}: folded text without text')
        return ' '.join(words)


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: yaml2json.py FILE')
    try:
        with open(sys.argv[1], encoding='utf-8') as file:
            reader = Reader(read_lines(file.read()))
        result = reader.block(0) if reader.lines else {}
        if reader.at != len(reader.lines):
            raise Mistake(f'{reader.lines[reader.at][0]}: unexpected line')
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f'{sys.argv[1]}: {error}')
    except Mistake as mistake:
        sys.exit(f'{sys.argv[1]}:{mistake}')
    print(json.dumps(result, ensure_ascii=False, separators=(',', ':')))


if __name__ == '__main__':
    main()
