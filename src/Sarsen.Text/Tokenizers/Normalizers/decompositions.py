"""Writes decompositions.txt from the Unicode database that the interpreter brings.

A line is a code point, its canonical combining class, and its full decompositions: canonical, then compatible where
that is another. Hangul syllables are left out: they are computed. A minus marks the code points that composition
never makes again.
"""
import sys
import unicodedata

print(f"# Unicode {unicodedata.unidata_version}: code point; combining class; canonical; compatible; - where composition excludes it")
for code in range(sys.maxunicode + 1):
    if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:
        continue
    char = chr(code)
    canonical, compatible = unicodedata.normalize("NFD", char), unicodedata.normalize("NFKD", char)
    combining = unicodedata.combining(char)
    if canonical == char and compatible == char and combining == 0:
        continue
    fields = [
        f"{code:X}",
        str(combining) if combining else "",
        " ".join(f"{ord(c):X}" for c in canonical) if canonical != char else "",
        " ".join(f"{ord(c):X}" for c in compatible) if compatible != canonical else "",
    ]
    if canonical != char and unicodedata.normalize("NFC", char) != char:
        fields.append("-")
    print(";".join(fields).rstrip(";"))
