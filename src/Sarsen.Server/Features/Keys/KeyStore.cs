using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Sarsen.Server.Errors;
using Sarsen.Server.Storage;

namespace Sarsen.Server.Features.Keys;

/// <summary>
/// The keys. All are held in memory, so that finding one costs no transaction; the time of last use is noted in memory and
/// written by <see cref="FlushAsync"/>.
/// </summary>
public sealed class KeyStore
{
    /// <summary>Every key begins so.</summary>
    public const string Mark = "sarsen_";

    private const int SecretBytes = 32, PrefixLength = 13, MaxLength = 128;

    private readonly DataFolder _folder;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, ApiKey> _active;
    private readonly ConcurrentDictionary<string, long> _used = [];

    public KeyStore(DataFolder folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        using ServerDatabase database = folder.OpenDatabase();
        _active = new(database.Keys.AsNoTracking().Where(k => k.RevokedUnixMs == null).AsEnumerable().Select(k => KeyValuePair.Create(k.Prefix, k)));
    }

    /// <summary>The text of a first admin key where the store holds none; it is shown this once. Null otherwise.</summary>
    public async Task<string?> CreateFirstAsync()
    {
        using (ServerDatabase database = _folder.OpenDatabase())
        {
            if (await database.Keys.AnyAsync())
                return null;
        }
        return (await CreateAsync("first admin key", KeyRole.Admin)).Text;
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The key, and its text, which is kept nowhere.</returns>
    public async Task<(ApiKey Key, string Text)> CreateAsync(string name, KeyRole role)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
            throw RequestException.Invalid("a key needs a name of 1 to 100 characters, by which people will know it");
        while (true)
        {
            string text = Mark + Base64Url(RandomNumberGenerator.GetBytes(SecretBytes));
            var key = new ApiKey
            {
                Id = "key_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                Name = name,
                Prefix = text[..PrefixLength],
                Hash = HashOf(text),
                Role = role,
                CreatedUnixMs = NowMs(),
            };
            // Two keys of one prefix: as unlikely as 36 bits, and then another is drawn.
            if (!_active.TryAdd(key.Prefix, key))
                continue;
            try
            {
                using ServerDatabase database = _folder.OpenDatabase();
                database.Keys.Add(key);
                await database.SaveChangesAsync();
            }
            catch
            {
                _active.TryRemove(key.Prefix, out _);
                throw;
            }
            return (key, text);
        }
    }

    /// <summary>The key of a text, if there is one and it is not revoked. Notes the use.</summary>
    public ApiKey? Find(ReadOnlySpan<char> text)
    {
        if (text.Length is < PrefixLength or > MaxLength || !text.StartsWith(Mark))
            return null;
        if (!_active.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..PrefixLength], out ApiKey? key))
            return null;
        if (!CryptographicOperations.FixedTimeEquals(HashOf(text), key.Hash))
            return null;
        _used[key.Id] = NowMs();
        return key;
    }

    /// <summary>All keys, the revoked among them, in the order they were made.</summary>
    public async Task<List<ApiKey>> ListAsync()
    {
        await FlushAsync();
        using ServerDatabase database = _folder.OpenDatabase();
        return await database.Keys.AsNoTracking().OrderBy(k => k.CreatedUnixMs).ThenBy(k => k.Id).ToListAsync();
    }

    /// <summary>Ends a key, at once and for good.</summary>
    /// <exception cref="RequestException">There is no such key, or it is the last admin key.</exception>
    public async Task<ApiKey> RevokeAsync(string id)
    {
        using ServerDatabase database = _folder.OpenDatabase();
        ApiKey key = await database.Keys.FindAsync(id) ?? throw RequestException.NotFound($"there is no key '{id}'");
        if (key.RevokedUnixMs is not null)
            return key;
        if (key.Role == KeyRole.Admin && _active.Values.Count(k => k.Role == KeyRole.Admin) == 1)
            throw RequestException.Conflict($"'{key.Name}' is the last admin key: nobody could make another. Make one first");
        _active.TryRemove(key.Prefix, out _);
        key.RevokedUnixMs = NowMs();
        await database.SaveChangesAsync();
        return key;
    }

    /// <summary>Writes down when keys were last used.</summary>
    public async Task FlushAsync()
    {
        using ServerDatabase database = _folder.OpenDatabase();
        foreach ((string id, _) in _used.ToArray())
        {
            if (_used.TryRemove(id, out long used))
                await database.Keys.Where(k => k.Id == id).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedUnixMs, used));
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static byte[] HashOf(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[MaxLength * 3];
        int length = Encoding.UTF8.GetBytes(text, utf8);
        return SHA256.HashData(utf8[..length]);
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
