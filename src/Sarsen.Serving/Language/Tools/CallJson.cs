using System.Text.Json;

namespace Sarsen.Serving.Language.Tools;

/// <summary>Calls written as JSON objects with a name and arguments.</summary>
internal static class CallJson
{
    private enum Found
    {
        No,
        Yes,
        Perhaps,
    }

    /// <summary>What a text begins with: <c>{"name": "f", "arguments": {</c>, or an object that is a call when it is complete.</summary>
    /// <param name="text">The text, which may go on.</param>
    /// <param name="arguments">What the member of the arguments is called.</param>
    public static CallHead Head(string text, string arguments)
    {
        int at = 0;
        Found found = Name(text, ref at, arguments, out string name);
        if (found != Found.No)
            return found == Found.Yes ? CallHead.Open(name, at) : CallHead.Undecided;
        var end = new JsonEnd();
        int blanks = text.Length - text.AsSpan().TrimStart().Length;
        if (blanks == text.Length || text[blanks] != '{')
            return CallHead.None;
        int length = blanks + end.Take(text.AsSpan(blanks));
        return end.Ended ? Read(text[..length], length, arguments) : CallHead.Undecided;
    }

    private static Found Name(string text, ref int at, string arguments, out string name)
    {
        name = "";
        Found found = Expect(text, ref at, "{", "\"name\"", ":");
        if (found == Found.Yes)
            found = Text(text, ref at, out name);
        if (found == Found.Yes)
            found = Expect(text, ref at, ",", $"\"{arguments}\"", ":");
        int behind = at;
        if (found == Found.Yes)
            found = Expect(text, ref behind, "{");
        // The brace is the arguments'.
        at = behind - 1;
        return found;
    }

    // Words with blanks before each.
    private static Found Expect(string text, ref int at, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            SkipBlanks(text, ref at);
            ReadOnlySpan<char> rest = text.AsSpan(at);
            if (rest.Length < word.Length)
                return word.AsSpan().StartsWith(rest) ? Found.Perhaps : Found.No;
            if (!rest.StartsWith(word))
                return Found.No;
            at += word.Length;
        }
        return Found.Yes;
    }

    private static Found Text(string text, ref int at, out string value)
    {
        value = "";
        SkipBlanks(text, ref at);
        if (at == text.Length)
            return Found.Perhaps;
        if (text[at] != '"')
            return Found.No;
        int end = at + 1;
        while (end < text.Length && text[end] != '"')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
            return Found.Perhaps;
        try
        {
            using var literal = JsonDocument.Parse(text.AsMemory(at, end + 1 - at));
            value = literal.RootElement.GetString()!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Found.No;
        }
        at = end + 1;
        return Found.Yes;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }

    private static CallHead Read(string json, int length, string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            JsonElement call = document.RootElement;
            if (!call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
                return CallHead.None;
            return Arguments(call, arguments) is { } given ? CallHead.Whole(length, name.GetString()!, given) : CallHead.None;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return CallHead.None;
        }
    }

    // An object, or the text of one; a call without arguments has none.
    private static string? Arguments(JsonElement call, string name) => !call.TryGetProperty(name, out JsonElement given) ? "{}" : given.ValueKind switch
    {
        JsonValueKind.Object => given.GetRawText(),
        JsonValueKind.String when IsObject(given.GetString()!) => given.GetString(),
        JsonValueKind.Null => "{}",
        _ => null,
    };

    private static bool IsObject(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object;
    }
}
