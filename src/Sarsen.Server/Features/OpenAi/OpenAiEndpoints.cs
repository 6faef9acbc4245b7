using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Features.OpenAi.Chat;
using Sarsen.Server.Features.OpenAi.Completions;
using Sarsen.Server.Features.OpenAi.Embeddings;
using Sarsen.Server.Features.OpenAi.ModelList;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Server.Features.OpenAi.Tokens;

namespace Sarsen.Server.Features.OpenAi;

/// <summary>OpenAI's API for language models, under <c>/v1</c>; and <c>/tokenize</c>, <c>/detokenize</c> as vLLM has them.</summary>
internal static class OpenAiEndpoints
{
    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        RouteGroupBuilder api = app.MapGroup("").WithTags("OpenAI").WithMetadata(OpenAiProtocol.Marker);
        api.MapGet("/v1/models", ModelListEndpoints.List).WithSummary("List the language models");
        // Names may have slashes in them, as those of Hugging Face do.
        api.MapGet("/v1/models/{**id}", ModelListEndpoints.Get).WithSummary("Read a language model");
        Post(api, options, "/v1/chat/completions", ChatEndpoint.AnswerAsync, "Answer a conversation");
        Post(api, options, "/v1/completions", CompletionEndpoint.AnswerAsync, "Continue texts");
        Post(api, options, "/v1/embeddings", EmbeddingEndpoint.AnswerAsync, "Vectors of texts");
        Post(api, options, "/tokenize", TokenEndpoints.TokenizeAsync, "The tokens of a text or a conversation");
        Post(api, options, "/detokenize", TokenEndpoints.DetokenizeAsync, "The text of tokens");
    }

    private static void Post(RouteGroupBuilder api, ServerOptions options, string path, Delegate answer, string summary) =>
        api.MapPost(path, answer).WithMetadata(new BodyLimit(options.MaxRequestBytes)).WithSummary(summary);
}
