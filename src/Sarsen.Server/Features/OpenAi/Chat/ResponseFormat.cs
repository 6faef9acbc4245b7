using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>What form an answer's text has.</summary>
/// <param name="IsJson">It is a JSON object.</param>
/// <param name="Schema">It matches this JSON Schema.</param>
/// <param name="Name">What the schema is called.</param>
internal sealed record ResponseFormat(bool IsJson, JsonElement? Schema, string? Name)
{
    public static ResponseFormat Text { get; } = new(false, null, null);

    /// <exception cref="OpenAiException">There is no such form.</exception>
    public static ResponseFormat Read(RequestFields? fields)
    {
        if (fields is null)
            return Text;
        string type = fields.Word("type", "text", "json_object", "json_schema") ?? throw fields.Missing("type");
        ResponseFormat format = Text with { IsJson = type != "text" };
        if (type == "json_schema")
        {
            RequestFields described = fields.Object("json_schema") ?? throw fields.Missing("json_schema");
            JsonElement schema = described.Any("schema") ?? throw described.Missing("schema");
            format = new ResponseFormat(true, schema, described.RequiredText("name"));
            described.Text("description");
            // Answers are held to the schema in either case: less would be no use to anyone.
            described.Flag("strict");
            described.Done();
        }
        fields.Done();
        return format;
    }
}
