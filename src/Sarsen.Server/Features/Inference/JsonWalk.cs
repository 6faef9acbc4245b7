using System.Text.Json;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Inference;

/// <summary>Steps through JSON that strangers wrote: what is not what it should be is an <see cref="InputException"/>.</summary>
internal static class JsonWalk
{
    /// <summary>Reads the next token, which must begin an object.</summary>
    public static void BeginObject(ref Utf8JsonReader reader, string what)
    {
        if (!reader.Read())
            throw new InputException($"{what} is empty");
        RequireObject(ref reader, what);
    }

    /// <summary>The current token must begin an object.</summary>
    public static void RequireObject(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new InputException($"{what} must be an object");
    }

    /// <summary>The current token must begin an array.</summary>
    public static void BeginArray(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new InputException($"{what} must be an array");
    }

    /// <summary>Moves to the value of the object's next member; false at its end.</summary>
    public static bool NextMember(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }
        name = Decode(ref reader, "a member's name");
        reader.Read();
        return true;
    }

    /// <summary>Moves to the array's next element; false at its end.</summary>
    public static bool NextElement(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>The current token's text.</summary>
    public static string Text(ref Utf8JsonReader reader, string what) =>
        reader.TokenType == JsonTokenType.String ? Decode(ref reader, what) : throw new InputException($"{what} must be a text");

    private static string Decode(ref Utf8JsonReader reader, string what)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"{what} is not valid UTF-8", e);
        }
    }
}
