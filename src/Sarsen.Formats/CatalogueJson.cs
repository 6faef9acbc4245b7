using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sarsen.Formats;

/// <summary>
/// How stored files hold the records of catalogues: keys in snake_case, and a <c>type</c> that is the catalogue's word.
/// </summary>
public static class CatalogueJson
{
    /// <param name="catalogues">Each base type with its entries; ready-made values are stored as the record they are.</param>
    public static JsonSerializerOptions Options(params (Type Base, IReadOnlyList<CatalogueEntry> Entries)[] catalogues)
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(info =>
        {
            foreach ((Type type, IReadOnlyList<CatalogueEntry> entries) in catalogues)
            {
                if (info.Type != type)
                    continue;
                info.PolymorphismOptions = new JsonPolymorphismOptions
                {
                    TypeDiscriminatorPropertyName = "type",
                    UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
                };
                foreach (CatalogueEntry entry in entries.Where(e => e.Ready is null))
                    info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(entry.Type, entry.Word));
            }
        });
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            AllowOutOfOrderMetadataProperties = true,
            MaxDepth = 64,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
            NewLine = "\n",
            TypeInfoResolver = resolver,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.MakeReadOnly();
        return options;
    }
}
