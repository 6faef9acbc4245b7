using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Sarsen.Serving.Language;
using Sarsen.Text.Sampling;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>What both kinds of completions say of how texts are generated; OpenAI's names, and vLLM's for what OpenAI has none for.</summary>
internal static class GenerationFields
{
    private const int MostAnswers = 128, MostStops = 16, MostBiases = 1024;

    // Tokenizers read so much in less than a second, whatever it is.
    private const int ShortText = 1 << 20;

    /// <summary>Options without length, constraint and log probabilities.</summary>
    public static GenerationOptions Options(RequestFields fields) => new()
    {
        Sampling = new SamplingOptions
        {
            Temperature = fields.Number("temperature", 0, 2) ?? 1,
            TopP = fields.Number("top_p", 0, 1) is { } topP ? Math.Max(topP, 1e-9) : 1,
            TopK = TopK(fields),
            MinP = fields.Number("min_p", 0, 1) ?? 0,
            TypicalP = fields.Number("typical_p", 0, 1, aboveMin: true) ?? 1,
            // Less would make logits infinite.
            RepetitionPenalty = fields.Number("repetition_penalty", 0.01, 100) ?? 1,
            FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? 0,
            PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? 0,
            LogitBias = LogitBias(fields),
            Seed = fields.Integer("seed", long.MinValue, long.MaxValue) is { } seed ? (ulong)seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        },
        Stop = Stops(fields),
        StopTokens = StopTokens(fields),
        IgnoreEnd = fields.Flag("ignore_eos") ?? false,
    };

    public static int Answers(RequestFields fields) => (int)(fields.Integer("n", 1, MostAnswers) ?? 1);

    /// <summary>Whether a stream closes with a chunk of its usage; null where nothing is streamed.</summary>
    public static bool? StreamsUsage(RequestFields fields)
    {
        bool streams = fields.Flag("stream") ?? false;
        RequestFields? options = fields.Object("stream_options");
        if (options is not null && !streams)
            throw OpenAiException.Invalid("'stream_options' is there, and 'stream' is not true: leave it out, or stream", "stream_options");
        bool usage = options?.Flag("include_usage") ?? false;
        // Padding that hides lengths from who watches the network: TLS is the proxy's.
        options?.Accept("include_obfuscation");
        options?.Done();
        return streams ? usage : null;
    }

    /// <summary>The options of one of several answers to a prompt.</summary>
    public static GenerationOptions Nth(GenerationOptions options, int index) =>
        index == 0 ? options : options with { Sampling = options.Sampling with { Seed = options.Sampling.Seed + (ulong)index } };

    // vLLM's and others' -1 is all, as 0 is here.
    private static int TopK(RequestFields fields) => Math.Max(0, (int)(fields.Integer("top_k", -1, int.MaxValue) ?? 0));

    private static List<string> Stops(RequestFields fields)
    {
        if (fields.Any("stop") is not { } stop)
            return [];
        JsonElement[] items = stop.ValueKind switch
        {
            JsonValueKind.String => [stop],
            JsonValueKind.Array => [.. stop.EnumerateArray()],
            _ => throw RequestFields.Wrong("stop", "a string or an array of strings", stop),
        };
        if (items.Length > MostStops)
            throw OpenAiException.Invalid($"'stop' has {items.Length} texts: at most {MostStops} are allowed", "stop", "array_above_max_length");
        var stops = new List<string>();
        foreach (JsonElement item in items)
        {
            string text = item.ValueKind == JsonValueKind.String ? item.GetString()! : throw RequestFields.Wrong("stop", "a string or an array of strings", item);
            if (text.Length > 0)
                stops.Add(text);
        }
        return stops;
    }

    private static HashSet<int> StopTokens(RequestFields fields)
    {
        var tokens = new HashSet<int>();
        foreach (JsonElement item in fields.Array("stop_token_ids")?.EnumerateArray() ?? default)
            tokens.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int token) ? token : throw RequestFields.Wrong("stop_token_ids", "an array of token ids", item));
        return tokens;
    }

    private static Dictionary<int, double> LogitBias(RequestFields fields)
    {
        var biases = new Dictionary<int, double>();
        if (fields.Any("logit_bias") is not { } given)
            return biases;
        if (given.ValueKind != JsonValueKind.Object)
            throw RequestFields.Wrong("logit_bias", "an object of token ids and biases", given);
        foreach (JsonProperty bias in given.EnumerateObject())
        {
            if (!int.TryParse(bias.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int token))
                throw OpenAiException.Invalid($"'logit_bias' names the token '{bias.Name}': its names are ids of tokens", "logit_bias");
            if (bias.Value.ValueKind != JsonValueKind.Number || bias.Value.GetDouble() is not (>= -100 and <= 100))
                throw OpenAiException.Invalid($"'logit_bias' of the token {token} is {bias.Value.GetRawText()}: it can be a number from -100 to 100", "logit_bias");
            biases[token] = bias.Value.GetDouble();
        }
        return biases.Count <= MostBiases ? biases
            : throw OpenAiException.Invalid($"'logit_bias' has {biases.Count} tokens: at most {MostBiases} are allowed", "logit_bias", "object_above_max_properties");
    }

    /// <summary>Refuses a text that is far too long by its length alone: its tokens are not worth the time.</summary>
    public static void CheckLength(LanguageEngine engine, string text, string param)
    {
        if (text.Length > ShortText && text.Length > (long)engine.ContextLength * engine.Model.LongestToken)
        {
            throw OpenAiException.Invalid(
                $"the model's context is {engine.ContextLength} tokens, of {engine.Model.LongestToken} bytes at most, and '{param}' has {text.Length} characters: make it shorter", param, "context_length_exceeded");
        }
    }

    /// <summary>What depends on the model: tokens that it has, and a prompt that leaves room.</summary>
    public static void Check(LanguageEngine engine, int[] prompt, GenerationOptions options, string param)
    {
        if (prompt.Length == 0)
            throw OpenAiException.Invalid($"'{param}' has no tokens: write something", param);
        if (prompt.Length >= engine.ContextLength)
        {
            throw OpenAiException.Invalid(
                $"the model's context is {engine.ContextLength} tokens, and '{param}' has {prompt.Length}: make it shorter, so that there is room for an answer", param, "context_length_exceeded");
        }
        int vocabulary = engine.Model.Model.VocabSize;
        foreach (int token in options.Sampling.LogitBias.Keys)
        {
            if (token >= vocabulary)
                throw OpenAiException.Invalid($"'logit_bias' names the token {token}: the model has tokens from 0 to {vocabulary - 1}", "logit_bias");
        }
        foreach (int token in prompt)
        {
            if ((uint)token >= (uint)vocabulary)
                throw OpenAiException.Invalid($"'{param}' has the token {token}: the model has tokens from 0 to {vocabulary - 1}", param);
        }
        if (options is { IgnoreEnd: true, Constraint: not null })
            throw OpenAiException.Invalid("'ignore_eos' and a constraint of the answer exclude each other: a constrained text ends where it is complete", "ignore_eos");
    }
}
