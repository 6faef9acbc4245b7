using System.Text.Json.Serialization;

namespace Sarsen.Server.Storage;

/// <summary>Who works on a data folder.</summary>
internal sealed record Holder(int Pid, string Program);

[JsonSerializable(typeof(Holder))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(List<Features.Models.ModelFile>))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class StorageJson : JsonSerializerContext;
