using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Serving.Tests.Language.Store;

/// <summary>Models whose files change, or go, while a server runs.</summary>
public sealed class ServedModelTests : IDisposable
{
    private const string Folder = "models/tinystories-656k", File = "tinystories-656k-q4_0.gguf";

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-served-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> TextAsync(ModelStore<ServedModel> store, Action? afterLoading = null)
    {
        using ModelLease<ServedModel> lease = await store.UseAsync("model");
        afterLoading?.Invoke();
        LanguageEngine engine = lease.Model.Language!;
        string text = "";
        await foreach (GenerationPiece piece in engine.Submit(new GenerationRequest { Prompt = engine.Model.Encode("Once upon a time"), Options = new GenerationOptions { MaxTokens = 20, Sampling = new() { Temperature = 0 } } }))
            text += piece.Text;
        return text;
    }

    /// <summary>Unloaded as soon as nobody uses it.</summary>
    private static ModelStore<ServedModel> Store(string path) => new([new ModelEntry("model", path)],
        entry => ServedModel.Open(entry, new LanguageEngineOptions { Workers = Workers.Serial }, TimeProvider.System), m => m.Bytes, new ModelStoreOptions { KeepAlive = TimeSpan.Zero });

    [DataFact(Folder)]
    public async Task A_file_that_is_cut_off_or_goes_is_told_and_one_that_is_back_is_loaded_again()
    {
        string path = Path.Combine(_folder, File);
        byte[] whole = System.IO.File.ReadAllBytes(TestData.PathOf($"{Folder}/{File}"));
        System.IO.File.WriteAllBytes(path, whole);
        await using ModelStore<ServedModel> store = Store(path);
        // A model that is loaded needs its file no more.
        string text = await TextAsync(store, () => System.IO.File.WriteAllBytes(path, whole[..1000]));
        text.Length.ShouldBeGreaterThan(20);
        foreach (int length in new[] { whole.Length / 2, 5000, 30, 0 })
        {
            System.IO.File.WriteAllBytes(path, whole[..length]);
            (await Should.ThrowAsync<ModelLoadException>(() => TextAsync(store))).Message.ShouldContain(path);
        }
        System.IO.File.Delete(path);
        (await Should.ThrowAsync<ModelLoadException>(() => TextAsync(store))).Message.ShouldContain("nothing is there");
        store.UsedBytes.ShouldBe(0);
        System.IO.File.WriteAllBytes(path, whole);
        (await TextAsync(store)).ShouldBe(text);
    }

    [DataFact(Folder)]
    public async Task A_folder_that_goes_between_two_requests_is_told()
    {
        string path = Path.Combine(_folder, "model"), gone = path + "-gone";
        Directory.CreateDirectory(path);
        foreach (string file in new[] { "config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json" })
            System.IO.File.Copy(TestData.PathOf($"{Folder}/{file}"), Path.Combine(path, file));
        await using ModelStore<ServedModel> store = Store(path);
        string text = await TextAsync(store, () => Directory.Move(path, gone));
        await Should.ThrowAsync<ModelLoadException>(() => TextAsync(store));
        Directory.Move(gone, path);
        // Each finds the model loaded, being loaded or being unloaded.
        (await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => TextAsync(store))))).ShouldAllBe(t => t == text);
    }
}
