using System.Text.Json;

namespace Sarsen.Serving.Language.Tools;

/// <summary>Calls written as JSON.</summary>
internal static class CallJson
{
    /// <summary>The length of the JSON value that a text begins with, blanks before it included; -1 where it is not complete, 0 where there is none.</summary>
    public static int LengthOf(string text)
    {
        int depth = 0;
        bool inText = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (inText)
            {
                if (c == '\\')
                    i++;
                else if (c == '"')
                    inText = false;
                continue;
            }
            if (depth == 0 && !char.IsWhiteSpace(c) && c is not ('{' or '['))
                return 0;
            if (c == '"')
                inText = true;
            else if (c is '{' or '[')
                depth++;
            else if (c is '}' or ']' && --depth == 0)
                return i + 1;
        }
        return -1;
    }

    /// <summary>The call of an object with a name and arguments, as a text or an object; null where it is none.</summary>
    public static ToolCall? Read(string json, string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, arguments);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The calls of an array; null where one is none.</summary>
    public static List<ToolCall>? ReadAll(string json, string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return null;
            List<ToolCall?> calls = [.. document.RootElement.EnumerateArray().Select(e => Read(e, arguments))];
            return calls.Count == 0 || calls.Contains(null) ? null : [.. calls.OfType<ToolCall>()];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ToolCall? Read(JsonElement call, string arguments)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            return null;
        if (!call.TryGetProperty(arguments, out JsonElement given))
            return new ToolCall(name.GetString()!, "{}");
        return given.ValueKind switch
        {
            JsonValueKind.Object => new ToolCall(name.GetString()!, given.GetRawText()),
            JsonValueKind.String when IsObject(given.GetString()!) => new ToolCall(name.GetString()!, given.GetString()!),
            JsonValueKind.Null => new ToolCall(name.GetString()!, "{}"),
            _ => null,
        };
    }
}
