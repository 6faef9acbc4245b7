using System.Text.Json.Nodes;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Testing;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Tests.Spec;

/// <summary>Makes odd specs of the samples: the same seed, the same specs. Trees are written as JSON, which is YAML.</summary>
internal sealed class SpecMutator(int seed)
{
    private static readonly JsonNode[] s_samples = [.. Directory.EnumerateFiles(Repository.PathOf("samples"), "*.yaml").Order(StringComparer.Ordinal).Select(Read)];
    private static readonly string[] s_words = [.. new[] { typeof(DataSource), typeof(PreprocessStep), typeof(LayerSpec), typeof(PresetSpec), typeof(LossSpec), typeof(OptimizerSpec), typeof(ScheduleSpec), typeof(Metric) }
        .SelectMany(type => RunSpec.Choices.Of(type)!.Words)];
    private static readonly string[] s_scalars =
        ["null", "true", "-1", "0", "1", "2.5", "1e308", "9223372036854775807", "18446744073709551616", "1e-320", "\"\"", "\"nan\"", "\"same\"", "\"../..\"", "\"\\u0000\"", "\"1h\"", "[]", "{}", "[[]]", "[{}]"];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    /// <summary>A sample with one to five changes of its tree, or of its text, aliases and deep nesting among them.</summary>
    public string Next()
    {
        JsonNode spec = Sample();
        for (int changes = _random.Next(1, 6); changes > 0; changes--)
            Change(spec);
        string text = spec.ToJsonString();
        return _random.Next(8) switch
        {
            0 => TextChange(text),
            1 => text.Replace("\"train\":", "\"x\": &x [1, 2, {a: b}], \"y\": [*x, *x, *z], \"train\":", StringComparison.Ordinal),
            2 => text.Replace("\"train\":", $"\"x\": {new string('[', _random.Next(200))}{new string(']', _random.Next(200))}, \"train\":", StringComparison.Ordinal),
            _ => text,
        };
    }

    /// <summary>A spec whose layers are those of all samples in any order, with small numbers in them.</summary>
    public string NextNetwork()
    {
        JsonNode spec = s_samples[0].DeepClone();
        JsonArray[] from = [.. s_samples.Select(s => s["model"]!["layers"]).OfType<JsonArray>()];
        var layers = new JsonArray();
        for (int count = _random.Next(1, 8); count > 0; count--)
        {
            JsonArray model = Any(from);
            JsonNode layer = _random.Next(4) == 0 ? (JsonNode)Any([.. RunSpec.Choices.Of(typeof(LayerSpec))!.Words])! : Any([.. model])!.DeepClone();
            foreach (JsonValue number in Values(layer).Where(v => v.GetValueKind() == System.Text.Json.JsonValueKind.Number && _random.Next(3) == 0).ToArray())
                number.ReplaceWith(_random.Next(-1, 40));
            layers.Add(layer);
        }
        spec["model"] = new JsonObject { ["layers"] = layers };
        return spec.ToJsonString();
    }

    private void Change(JsonNode spec)
    {
        JsonNode[] inner = [.. Nodes(spec).Skip(1)];
        JsonNode at = Any(inner);
        switch (_random.Next(6))
        {
            case 0:
                at.ReplaceWith(JsonNode.Parse(Any(s_scalars)));
                break;
            case 1:
                JsonNode other = Any([.. Nodes(Any(s_samples))]);
                at.ReplaceWith(other.DeepClone());
                break;
            case 2 when at.Parent is JsonObject map:
                string key = at.GetPropertyName();
                map.Remove(key);
                map[_random.Next(3) == 0 ? key + "x" : Any(s_words)] = at;
                break;
            case 3 when at.Parent is JsonArray list:
                list.Insert(_random.Next(list.Count + 1), at.DeepClone());
                break;
            case 4 when at.Parent is JsonObject map:
                map.Remove(at.GetPropertyName());
                break;
            default:
                at.ReplaceWith((JsonNode)Any(s_words)!);
                break;
        }
    }

    private string TextChange(string text)
    {
        const string alphabet = "{}[]:,-#&*!|>'\"%@`?\\ \t\n\0\ud800éx01e.~<=";
        int at = _random.Next(text.Length);
        char c = alphabet[_random.Next(alphabet.Length)];
        return _random.Next(2) == 0 ? text.Insert(at, c.ToString()) : text[..at] + c + text[(at + 1)..];
    }

    private JsonNode Sample() => Any(s_samples).DeepClone();

    private T Any<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject map => map.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value!)).Prepend(node),
        JsonArray list => list.Where(i => i is not null).SelectMany(i => Nodes(i!)).Prepend(node),
        _ => [node],
    };

    private static IEnumerable<JsonValue> Values(JsonNode node) => Nodes(node).OfType<JsonValue>().Where(v => v.Parent is not null);

    private static JsonNode Read(string path) =>
        YamlReader.Read(SpecText.Read(path), new SpecErrors(SpecLimits.Default), SpecLimits.Default)!.ToJson()!;
}
