using Microsoft.AspNetCore.Http;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Features.OpenAi;

/// <summary>The language models of this server, as requests name them.</summary>
public sealed class LanguageModels(ModelStore<ServedModel> store)
{
    // Of a name that nobody has: answers do not repeat what is endless.
    private const int LongestTold = 200;

    public ModelStore<ServedModel> Store { get; } = store;

    /// <summary>Uses a model that makes texts.</summary>
    /// <exception cref="OpenAiException">There is no such model, or it makes none.</exception>
    internal async Task<ModelLease<ServedModel>> UseLanguageAsync(string name, CancellationToken stop)
    {
        ModelLease<ServedModel> lease = await UseAsync(name, stop);
        if (lease.Model.Language is not null)
            return lease;
        lease.Dispose();
        throw OpenAiException.Invalid($"the model '{name}' makes embeddings, not texts: ask another", "model", "unsupported_model");
    }

    /// <summary>Uses a model that makes embeddings.</summary>
    /// <exception cref="OpenAiException">There is no such model, or it makes none.</exception>
    internal async Task<ModelLease<ServedModel>> UseEmbedderAsync(string name, CancellationToken stop)
    {
        ModelLease<ServedModel> lease = await UseAsync(name, stop);
        if (lease.Model.Embedder is not null)
            return lease;
        lease.Dispose();
        throw OpenAiException.Invalid($"the model '{name}' makes texts, not embeddings: ask a model that was trained for them", "model", "unsupported_model");
    }

    /// <summary>Uses a model of either kind.</summary>
    /// <exception cref="OpenAiException">There is no such model.</exception>
    internal Task<ModelLease<ServedModel>> UseAsync(string name, CancellationToken stop) =>
        Store.Find(name) is null ? throw NotFound(name) : Store.UseAsync(name, stop);

    internal OpenAiException NotFound(string name)
    {
        string[] names = [.. Store.Models.Select(m => m.Entry.Name)];
        string known = names.Length == 0 ? "this server was started without language models (--model)" : $"there are {string.Join(", ", names.Select(n => $"'{n}'"))}";
        return new OpenAiException(StatusCodes.Status404NotFound, $"the model '{OpenAiError.Clip(name, LongestTold)}' does not exist: {known}", "model", "model_not_found");
    }
}
