using System.Text.Json.Serialization;

namespace Sarsen.Server.Features.Keys;

/// <param name="Name">What people will know the key by.</param>
/// <param name="Role">admin or user; user when not given.</param>
public sealed record CreateKey(string Name, KeyRole Role = KeyRole.User);

/// <param name="Id">Names the key in other requests.</param>
/// <param name="Name">What people know it by.</param>
/// <param name="Prefix">The key's first characters.</param>
/// <param name="Role">admin or user.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to within a minute; absent for never.</param>
/// <param name="RevokedAt">When it was revoked; absent for a key that works.</param>
/// <param name="Key">The key itself: in the answer to its making, and never again.</param>
public sealed record KeyView(
    string Id, string Name, string Prefix, KeyRole Role, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? Key = null)
{
    public static KeyView Of(ApiKey key, string? text = null) => new(
        key.Id, key.Name, key.Prefix, key.Role, DateTimeOffset.FromUnixTimeMilliseconds(key.CreatedUnixMs), At(key.LastUsedUnixMs), At(key.RevokedUnixMs), text);

    private static DateTimeOffset? At(long? unixMs) => unixMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}

public sealed record KeyList(IReadOnlyList<KeyView> Keys);

[JsonSerializable(typeof(CreateKey))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(KeyList))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class KeyJson : JsonSerializerContext;
