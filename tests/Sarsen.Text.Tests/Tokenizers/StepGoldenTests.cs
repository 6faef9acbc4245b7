using System.Text;
using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>Normalizers and pre-tokenizers against the library that defines tokenizer.json; <c>golden.js</c> made the file.</summary>
public class StepGoldenTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllBytes(Repository.PathOf("tests", "Sarsen.Text.Tests", "Tokenizers", "golden.json"))).RootElement;

    [Fact]
    public void Normalizers_rewrite_as_theirs_do() => Check("normalizer", (part, text) =>
    {
        var buffer = new TextBuffer();
        buffer.Set(text);
        JsonNormalizers.Read(part).Apply(buffer);
        return [buffer.Text.ToString()];
    });

    [Fact]
    public void PreTokenizers_cut_as_theirs_do() => Check("pre_tokenizer", (part, text) =>
    {
        var pieces = new Pieces();
        pieces.Set(text, atBeginning: true);
        JsonPreTokenizers.Read(part)!.Apply(pieces);
        bool bytes = JsonPreTokenizers.IsByteLevel(part);
        return [.. Enumerable.Range(0, pieces.Count).Select(p => bytes ? ByteAlphabet.Write(Encoding.UTF8.GetBytes(pieces.Of(p).ToString())) : pieces.Of(p).ToString())];
    });

    [Fact]
    public void Scanners_cut_as_the_expressions_that_they_stand_for()
    {
        const string Alphabet = "aeszAIQ  \t\n\r09'.,!$+-_/tdmlrvSTé\u0301ǅʰ½٣中한\u3000\u00A0\u2028€\U0001D400\U00010428\U0001F999\U0001D7D7\uD800";
        var random = new Random(11);
        foreach (string pattern in Patterns.Known)
        {
            PreTokenizer scanner = Patterns.Split(pattern, SplitBehavior.Isolated, invert: false, "t");
            scanner.ShouldBeAssignableTo<Splitter>();
            var expression = new RegexSplit(Patterns.Compile(pattern, "t"), SplitBehavior.Isolated);
            for (int round = 0; round < 300; round++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
                Cut(scanner, text).ShouldBe(Cut(expression, text), $"{pattern} on '{text}'");
            }
        }
    }

    [DataTheory("models/model2vec-test")]
    [InlineData("models/model2vec-test/test-model-float32")]
    [InlineData("models/model2vec-test/test-model-vocab-quantized")]
    public void Files_encode_and_decode_as_theirs_do(string file)
    {
        Tokenizer tokenizer = TokenizerJson.Read(File.ReadAllBytes(TestData.PathOf(file + "/tokenizer.json")), file);
        JsonElement results = Golden.GetProperty("cases").EnumerateArray().Single(c => c.TryGetProperty("file", out JsonElement f) && f.GetString() == file).GetProperty("results");
        int i = 0;
        foreach (JsonElement text in Golden.GetProperty("texts").EnumerateArray())
        {
            JsonElement result = results[i++];
            int[] ids = [.. result[0].EnumerateArray().Select(id => id.GetInt32())];
            tokenizer.Encode(text.GetString()!).ShouldBe(ids, text.GetString());
            tokenizer.Decode(ids).ShouldBe(result[1].GetString(), text.GetString());
        }
    }

    private static List<string> Cut(PreTokenizer preTokenizer, string text)
    {
        var pieces = new Pieces();
        pieces.Set(text, atBeginning: true);
        preTokenizer.Apply(pieces);
        return [.. Enumerable.Range(0, pieces.Count).Select(p => pieces.Of(p).ToString())];
    }

    private static void Check(string kind, Func<JsonPart, string, List<string>> apply)
    {
        string[] texts = [.. Golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement golden in Golden.GetProperty("cases").EnumerateArray())
        {
            if (!golden.TryGetProperty(kind, out JsonElement step))
                continue;
            for (int i = 0; i < texts.Length; i++)
            {
                JsonElement result = golden.GetProperty("results")[i];
                List<string> expected = result.ValueKind == JsonValueKind.String ? [result.GetString()!] : [.. result.EnumerateArray().Select(e => e.GetString()!)];
                List<string> actual = apply(new JsonPart(step, "golden", "$"), texts[i]);
                if (!actual.SequenceEqual(expected))
                    wrong.Add($"{step} on {JsonSerializer.Serialize(texts[i])}: {JsonSerializer.Serialize(actual)}, expected {JsonSerializer.Serialize(expected)}");
                count++;
            }
        }
        count.ShouldBeGreaterThan(500);
        wrong.ShouldBeEmpty($"{wrong.Count} of {count}");
    }
}
