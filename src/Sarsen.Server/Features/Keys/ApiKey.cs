using System.Text.Json.Serialization;

namespace Sarsen.Server.Features.Keys;

/// <summary>What a key may do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeyRole>))]
public enum KeyRole
{
    /// <summary>Read what is deployed and registered, and predict.</summary>
    [JsonStringEnumMemberName("user")]
    User,

    /// <summary>Everything.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,
}

/// <summary>An API key, without the key: the SHA-256 of its text. A plain hash is enough, since a key is 256 random bits.</summary>
public sealed class ApiKey
{
    public required string Id { get; init; }

    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The key's first characters, to be told apart by.</summary>
    public required string Prefix { get; init; }

    public required byte[] Hash { get; init; }

    public required KeyRole Role { get; init; }

    public required long CreatedUnixMs { get; init; }

    public long? RevokedUnixMs { get; set; }

    /// <summary>At most <see cref="ServerOptions.KeyFlushInterval"/> old.</summary>
    public long? LastUsedUnixMs { get; set; }
}
