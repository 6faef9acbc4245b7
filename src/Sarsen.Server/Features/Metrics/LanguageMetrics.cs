using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Features.Metrics;

/// <summary>What is counted of language models. Counters begin anew when a model is loaded again.</summary>
internal static class LanguageMetrics
{
    public static void Write(PrometheusText text, ModelStore<ServedModel> store)
    {
        IReadOnlyList<ModelStatus<ServedModel>> models = store.Models;
        text.Family("sarsen_language_model_loaded", "gauge", "Whether the model is loaded.");
        foreach (ModelStatus<ServedModel> m in models)
            text.Sample(m.Model is null ? 0 : 1, ("model", m.Entry.Name));
        text.Family("sarsen_language_model_memory_bytes", "gauge", "Memory that the model takes, or that is set aside for it.");
        foreach (ModelStatus<ServedModel> m in models)
            text.Sample(m.Bytes, ("model", m.Entry.Name));

        (string Model, EngineStatistics Counts)[] rows = [.. models.Where(m => m.Model?.Language is not null).Select(m => (m.Entry.Name, m.Model!.Language!.Statistics))];
        Write(text, rows, "sarsen_language_requests_waiting", "gauge", "Requests that wait.", s => s.Waiting);
        Write(text, rows, "sarsen_language_requests_running", "gauge", "Requests whose answers are generated.", s => s.Running);
        Write(text, rows, "sarsen_language_cache_blocks", "gauge", "Blocks of the cache of keys and values.", s => s.Blocks);
        Write(text, rows, "sarsen_language_cache_blocks_used", "gauge", "Those of them that answers hold.", s => s.UsedBlocks);
        Write(text, rows, "sarsen_language_constraint_bytes", "gauge", "Memory of the compiled schemas of requests that wait or run.", s => s.ConstraintBytes);
        text.Family("sarsen_language_requests_total", "counter", "Requests by outcome.");
        foreach ((string model, EngineStatistics s) in rows)
        {
            text.Sample(s.Finished, ("model", model), ("outcome", "answered"));
            text.Sample(s.Failed, ("model", model), ("outcome", "failed"));
            text.Sample(s.Rejected, ("model", model), ("outcome", "rejected"));
            text.Sample(s.Cancelled, ("model", model), ("outcome", "cancelled"));
        }
        Write(text, rows, "sarsen_language_prompt_tokens_total", "counter", "Tokens of the prompts of answered requests.", s => s.PromptTokens);
        Write(text, rows, "sarsen_language_cached_tokens_total", "counter", "Those of them that had not to be computed.", s => s.CachedTokens);
        Write(text, rows, "sarsen_language_generated_tokens_total", "counter", "Tokens of answers.", s => s.AnswerTokens);
        Write(text, rows, "sarsen_language_prompt_seconds_total", "counter", "Time until the first token, without waiting.", s => s.PromptTime.TotalSeconds);
        Write(text, rows, "sarsen_language_generation_seconds_total", "counter", "Time from the first token to the last.", s => s.AnswerTime.TotalSeconds);
    }

    private static void Write(PrometheusText text, (string Model, EngineStatistics Counts)[] rows, string name, string type, string help, Func<EngineStatistics, double> value)
    {
        text.Family(name, type, help);
        foreach ((string model, EngineStatistics counts) in rows)
            text.Sample(value(counts), ("model", model));
    }
}
