using System.Text.Json;

namespace Sarsen.Server;

/// <summary>The texts of a JSON document that came from outside.</summary>
internal static class JsonTexts
{
    /// <summary>Reads every text and name once: half of a surrogate pair is JSON, but no text, and readers would throw wherever they meet it.</summary>
    /// <exception cref="InvalidOperationException">One is no valid text.</exception>
    public static void Check(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                Check(item);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                _ = member.Name;
                Check(member.Value);
            }
        }
    }
}
