using System.Text.Json;

namespace Sarsen.Text.Tokenizers;

/// <summary>The post-processors of tokenizer.json, one a line, as what stands around texts.</summary>
internal static class JsonTemplates
{
    private static readonly Dictionary<string, Func<JsonPart, SpecialTemplate>> Known = new(StringComparer.Ordinal)
    {
        ["TemplateProcessing"] = Template,
        ["BertProcessing"] = part => Classic(part, separators: 1),
        ["RobertaProcessing"] = part => Classic(part, separators: 2),
        ["ByteLevel"] = _ => SpecialTemplate.None,
        ["Sequence"] = part => part.Parts("processors").Select(Read).LastOrDefault(t => t != SpecialTemplate.None) ?? SpecialTemplate.None,
    };

    public static SpecialTemplate Read(JsonPart part) => Known.TryGetValue(part.Type, out Func<JsonPart, SpecialTemplate>? make)
        ? make(part)
        : throw part.Unknown("post-processor", Known.Keys);

    private static SpecialTemplate Template(JsonPart part)
    {
        List<int> single = Places(part, "single");
        int text = single.IndexOf(SpecialTemplate.First);
        if (text < 0 || single.LastIndexOf(SpecialTemplate.First) != text || single.Contains(SpecialTemplate.Second))
            throw part.Fail("must have the sequence A once in its single template");
        return new SpecialTemplate(single[..text], single[(text + 1)..])
        {
            Pair = part.Find("pair") is null ? null : Places(part, "pair"),
        };
    }

    private static List<int> Places(JsonPart part, string key)
    {
        var places = new List<int>();
        foreach (JsonPart piece in part.Parts(key))
        {
            if (piece.Part("Sequence") is { } sequence)
                places.Add(sequence.Text("id") == "A" ? SpecialTemplate.First : SpecialTemplate.Second);
            else if (piece.Part("SpecialToken") is { } special)
                places.AddRange(Ids(part, special.Text("id")));
            else
                throw piece.Fail("must be a Sequence or a SpecialToken");
        }
        return places;
    }

    private static IEnumerable<int> Ids(JsonPart part, string name)
    {
        JsonPart token = part.Part("special_tokens")?.Part(name) ?? throw part.Fail($"has no special token '{name}', which its template names");
        foreach (JsonElement id in token.Items("ids"))
            yield return id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int value) && value >= 0 ? value : throw token.Fail("must have ids");
    }

    private static SpecialTemplate Classic(JsonPart part, int separators)
    {
        (int begin, int end) = (Id(part, "cls"), Id(part, "sep"));
        return new SpecialTemplate([begin], [end])
        {
            Pair = [begin, SpecialTemplate.First, .. Enumerable.Repeat(end, separators), SpecialTemplate.Second, end],
        };
    }

    // A token with its id: ["[CLS]", 101].
    private static int Id(JsonPart part, string key)
    {
        JsonElement[] pair = [.. part.Items(key)];
        return pair.Length == 2 && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetInt32(out int id) && id >= 0
            ? id
            : throw part.Fail($"must name a token and its id under {key}");
    }
}
