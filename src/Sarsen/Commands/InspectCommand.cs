using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Terminal;
using Spectre.Console;

namespace Sarsen.Commands;

/// <summary><c>sarsen inspect</c>: what is in the files of a model.</summary>
internal static class InspectCommand
{
    private const int LongestText = 72;

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A .gguf or .safetensors file, an index of several, or a folder as Hugging Face lays it out." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var command = new Verb("inspect", "Prints what is in a model's files: metadata, tensors, types, and the memory they need.",
            "sarsen inspect model.gguf",
            "sarsen inspect models/tinystories --json")
        {
            path, json,
        };
        command.SetAction((parsed, _) =>
        {
            ModelInspection model = ModelInspection.Of(parsed.GetValue(path)!);
            if (parsed.GetValue(json))
                Console.Out.WriteLine(Json(model));
            else
                Write(Screen.Console, model);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Write(IAnsiConsole console, ModelInspection model)
    {
        console.WriteLine($"{model.Format}: {Number(model.Tensors.Count)} tensors, {Number(model.Elements)} elements");
        if (model.Metadata.Count > 0)
        {
            Table metadata = new Table().Border(TableBorder.Simple).AddColumns("metadata", "type", "value");
            foreach (InspectedValue value in model.Metadata)
                metadata.AddRow(Shown(value.Key), Shown(value.Type), Shown(value.Text) + (value.Count is { } count ? $" ({Number(count)})" : ""));
            console.Write(metadata);
        }
        Table tensors = new Table().Border(TableBorder.Simple).AddColumns("tensor", "type", "shape").AddColumn(new TableColumn("size").RightAligned());
        foreach (InspectedTensor tensor in model.Tensors)
            tensors.AddRow(Shown(tensor.Name), tensor.Type, tensor.Shape.ToString(), ShapeTable.Bytes(tensor.Bytes));
        console.Write(tensors);
        TypeTable.Write(console, model);
        console.WriteLine($"the weights need {ShapeTable.Bytes(model.Bytes)} of memory as they are stored, {ShapeTable.Bytes(model.SingleBytes)} as f32");
    }

    private static string Json(ModelInspection model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", model.Format);
            WriteAll(json, "files", model.Files, json.WriteStringValue);
            WriteAll(json, "metadata", model.Metadata, value =>
            {
                json.WriteStartObject();
                json.WriteString("key", value.Key);
                json.WriteString("type", value.Type);
                json.WriteString("value", value.Text);
                if (value.Count is { } count)
                    json.WriteNumber("count", count);
                json.WriteEndObject();
            });
            WriteAll(json, "tensors", model.Tensors, tensor =>
            {
                json.WriteStartObject();
                json.WriteString("name", tensor.Name);
                json.WriteString("type", tensor.Type);
                WriteAll(json, "shape", tensor.Shape.AsSpan().ToArray(), json.WriteNumberValue);
                json.WriteNumber("offset", tensor.Offset);
                json.WriteNumber("bytes", tensor.Bytes);
                json.WriteEndObject();
            });
            WriteAll(json, "types", model.Types, type =>
            {
                json.WriteStartObject();
                json.WriteString("type", type.Type);
                json.WriteNumber("tensors", type.Tensors);
                json.WriteNumber("elements", type.Elements);
                json.WriteNumber("bytes", type.Bytes);
                json.WriteEndObject();
            });
            json.WriteNumber("elements", model.Elements);
            json.WriteNumber("bytes", model.Bytes);
            json.WriteNumber("f32_bytes", model.SingleBytes);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> values, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T value in values)
            write(value);
        json.WriteEndArray();
    }

    // A file's texts may be long, and may try to steer the terminal.
    private static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown.Length >= LongestText)
            {
                shown.Append('…');
                break;
            }
            if (rune.Value == '\n')
                shown.Append("\\n");
            else if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                shown.Append(rune.ToString());
        }
        return Markup.Escape(shown.ToString());
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
