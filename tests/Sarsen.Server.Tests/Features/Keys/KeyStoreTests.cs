using Sarsen.Server.Errors;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Storage;

namespace Sarsen.Server.Tests.Features.Keys;

public sealed class KeyStoreTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sarsen-keys-").FullName;

    [Fact]
    public async Task The_first_start_makes_one_admin_key_and_the_next_none()
    {
        string first;
        using (DataFolder folder = DataFolder.Open(_path))
        {
            first = (await new KeyStore(folder, TimeProvider.System).CreateFirstAsync()).ShouldNotBeNull();
            (await new KeyStore(folder, TimeProvider.System).CreateFirstAsync()).ShouldBeNull();
        }
        using DataFolder again = DataFolder.Open(_path);
        var store = new KeyStore(again, TimeProvider.System);
        store.Find(first).ShouldNotBeNull().Role.ShouldBe(KeyRole.Admin);
        (await Should.ThrowAsync<RequestException>(() => store.RevokeAsync(store.Find(first)!.Id))).Message.ShouldContain("last admin key");
    }

    [Fact]
    public async Task Keys_have_256_random_bits()
    {
        using DataFolder folder = DataFolder.Open(_path);
        var store = new KeyStore(folder, TimeProvider.System);
        string[] texts = [(await store.CreateAsync("a", KeyRole.User)).Text, (await store.CreateAsync("b", KeyRole.User)).Text];
        texts[0].ShouldNotBe(texts[1]);
        System.Buffers.Text.Base64Url.DecodeFromChars(texts[0].AsSpan(KeyStore.Mark.Length)).Length.ShouldBe(32);
        store.Find(texts[1])!.Name.ShouldBe("b");
        store.Find(new string('x', 10_000)).ShouldBeNull();
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
