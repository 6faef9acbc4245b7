"""Prints the golden values of UnicodeFormTests: for each form the SHA-256 of what it makes of blocks of code points."""
import hashlib
import unicodedata

for form in ("NFC", "NFD", "NFKC", "NFKD"):
    digest = hashlib.sha256()
    for block in range(0, 0x30000, 256):
        codes = [c for c in range(block, block + 256) if not 0xD800 <= c <= 0xDFFF]
        for text in ("".join(map(chr, codes)), "".join(chr(c) + "\u0301\u0323a\u1161\u11A8" for c in codes)):
            digest.update(unicodedata.normalize(form, text).encode())
    print(form, digest.hexdigest().upper())
