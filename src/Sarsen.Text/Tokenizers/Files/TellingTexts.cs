namespace Sarsen.Text.Tokenizers;

/// <summary>Texts that tokenizers which differ in a rule cut differently: by them it is found which one a file means.</summary>
internal static class TellingTexts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "Hello, world! It's 1 12 123 1234 12345 123456 things; we've got $5,678.90 (or so).",
        "I'm, I'M, you'll, YOU'LL, they're THEY'RE, he'd HE'D we'Ve x'S",
        " leading", "  two", "trailing  ", "a  b   c\td\n\ne \n f\r\n\r\ng\n  h",
        "\n", "\n\n\n", " \n \n", "\t\t\tx",
        "CamelCaseWords and ALLCAPS, lower; HTTPServer2Go iPhone15Pro",
        "if (x==y && a!=b) { return foo_bar[i]++; } // ---- ====",
        "naïve café Ünïcödé e\u0301a\u0308 Å ß ŀ",
        "Привет, мир! 你好，世界。123个 こんにちは カタカナ 한국어 ไทย हिन्दी नमस्ते عربي १२३ Ⅷ ½",
        "🙂 👩‍👩‍👧 🦙🦙 :-) <|x|> ~~~ ```code``` /a/b/c ..//..",
        "!!!a ?b (c .d -e _f =g /h \u00A0i \u3000j",
    ];
}
