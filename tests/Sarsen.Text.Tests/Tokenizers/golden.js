// Writes golden.json: what normalizers and pre-tokenizers make of texts, by the library that defines tokenizer.json.
// Run where @anush008/tokenizers 0.6.0 is installed: node golden.js FOLDER_OF_TEST_DATA > golden.json
const { Tokenizer } = require("@anush008/tokenizers");

const L = "\\p{L}", N = "\\p{N}";
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const spaces = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]", lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const split = (regex, behavior = "Isolated", invert = false) => ({ type: "Split", pattern: { Regex: regex }, behavior, invert });

const normalizers = [
  { type: "NFC" }, { type: "NFD" }, { type: "NFKC" }, { type: "NFKD" }, { type: "Lowercase" }, { type: "Nmt" },
  { type: "Strip", strip_left: true, strip_right: false },
  { type: "Sequence", normalizers: [{ type: "NFD" }, { type: "StripAccents" }] },
  { type: "Replace", pattern: { Regex: "[a-e]+" }, content: "*" },
  { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, { type: "Replace", pattern: { String: " " }, content: "▁" }] },
  { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  { type: "BertNormalizer", clean_text: false, handle_chinese_chars: false, strip_accents: true, lowercase: false },
];
const preTokenizers = [
  split(`${contractions}|[^\\r\\n${L}${N}]?${L}+|${N}{1,3}| ?[^\\s${L}${N}]+[\\r\\n]*|${spaces}`),
  split(`${contractions}|[^\\r\\n${L}${N}]?${L}+|${N}| ?[^\\s${L}${N}]+[\\r\\n]*|${spaces}`),
  split(`${contractions}|[^\\r\\n${L}${N}]?[${L}\\p{M}]+|${N}| ?[^\\s${L}\\p{M}${N}]+[\\r\\n]*|${spaces}`),
  split(`[^\\r\\n${L}${N}]?${upper}*${lower}+${contractions}?|[^\\r\\n${L}${N}]?${upper}+${lower}*${contractions}?|${N}{1,3}| ?[^\\s${L}${N}]+[\\r\\n/]*|${spaces}`),
  split(`[^\\r\\n${L}${N}]?${upper}*${lower}+|[^\\r\\n${L}${N}]?${upper}+${lower}*|${N}| ?[^\\s${L}${N}]+[\\r\\n/]*|${spaces}`),
  split("'(?:[sdmtSDMT]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s"),
  ...["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"].flatMap(b => [split("\\p{P}", b), split("\\p{P}", b, true)]),
  { type: "Split", pattern: { String: "a" }, behavior: "MergedWithNext", invert: false },
  { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
  { type: "Whitespace" }, { type: "WhitespaceSplit" }, { type: "BertPreTokenizer" },
  { type: "Digits", individual_digits: true }, { type: "Digits", individual_digits: false },
  { type: "Punctuation", behavior: "Isolated" }, { type: "Punctuation", behavior: "Contiguous" },
  { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "always" }, { type: "Metaspace", replacement: "▁", add_prefix_space: false, prepend_scheme: "never" },
  { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "always" }] },
  { type: "Sequence", pretokenizers: [{ type: "Punctuation", behavior: "Contiguous" }, { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true }, split("[0-9][0-9][0-9]")] },
];

// Characters that patterns and normalizers treat in ways of their own, strung together by a fixed sequence.
const alphabet = [..."aeszAIQ  \t\n\r09'.,!$+-_/", "'s", "'LL", "'\u017f", "ß", "İ", "Σς", "ǅ", "ʰ", "é", "e\u0301", "q\u0307\u0323", "\u0344", "½", "ⅷ", "٣", "中", "한", "\u1112\u1161\u11ab",
  "ア", "ﬁ", "Å", "\u200b", "\u00a0", "\u3000", "\u0000", "\u0007", "\ufffd", "…", "€", "𝐀", "𐐨", "🦙", "𝟗", "𠀀", "\u{1D15E}", "▁"];
let state = 12345;
const next = n => (state = (state * 1103515245 + 12345) % 2147483648, Math.floor(state / 65536) % n);
const texts = ["Hello, world! It's 1234 o'clock.", "  two  spaces \n\n and lines\r\n  ", "HTTPServerError camelCase'LL ÉCOLEs", "a"];
for (let i = 0; i < 40; i++) texts.push(Array.from({ length: 2 + next(16) }, () => alphabet[next(alphabet.length)]).join(""));

const make = parts => Tokenizer.fromString(JSON.stringify({
  version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
  model: { type: "WordLevel", vocab: { u: 0 }, unk_token: "u" }, ...parts,
}));
// Whole files: the ids of each text, and their text again.
const files = ["models/model2vec-test/test-model-float32", "models/model2vec-test/test-model-vocab-quantized"];
const encode = async file => {
  const tokenizer = Tokenizer.fromString(require("fs").readFileSync(`${process.argv[2]}/${file}/tokenizer.json`, "utf8"));
  const results = [];
  for (const text of texts) {
    const ids = (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
    results.push([ids, await tokenizer.decode(ids, true)]);
  }
  return { file, results };
};
Promise.all(files.map(encode)).then(encoded => write(encoded));

const write = encoded => {
  const lines = [
    ...encoded,
    ...normalizers.map(n => ({ normalizer: n, results: texts.map(t => make({ normalizer: n }).getNormalizer().normalizeString(t)) })),
    ...preTokenizers.map(p => ({ pre_tokenizer: p, results: texts.map(t => make({ pre_tokenizer: p }).getPreTokenizer().preTokenizeString(t).map(e => e[0])) })),
  ];
  console.log(`{"texts":${JSON.stringify(texts)},"cases":[\n${lines.map(l => JSON.stringify(l)).join(",\n")}\n]}`);
};
