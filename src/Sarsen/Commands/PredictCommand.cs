using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Data.Sources;
using Sarsen.Data.Tables;
using Sarsen.Server.Features.Deployments;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;
using Sarsen.Serving.Networks;
using Sarsen.Services;

namespace Sarsen.Commands;

/// <summary><c>sarsen predict</c>: what a model says of rows, a JSON object a line.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The folder of a model or of the run that made it; with --server, the name of a deployment." };
        var data = new Option<string?>("--data") { Description = "A .csv, .tsv or .jsonl file of raw rows.", HelpName = "file" };
        var row = new Option<string?>("--row") { Description = "A raw row as a JSON object, or an array of them.", HelpName = "json" };
        var service = new ServiceOptions();
        var command = new Verb("predict", "Predicts for raw rows: those of a file, or those given. Prints a JSON object for each sample.",
            "sarsen predict runs/digits-cnn --data digits.csv",
            """sarsen predict iris --row '{"sepal_length": 5.1, "sepal_width": 3.5}' --server http://127.0.0.1:8000 --key sarsen_…""")
        {
            model, data, row,
        };
        service.AddTo(command, local: false);
        command.SetAction(async (parsed, stop) =>
        {
            (string name, string? file, string? text) = (parsed.GetValue(model)!, parsed.GetValue(data), parsed.GetValue(row));
            if ((file is null) == (text is null))
                throw new CommandException("predict takes rows from --data or --row: give one of them");
            if (service.Server(parsed) is { } client)
            {
                using (client)
                {
                    if (text is null)
                        throw new CommandException("a server is sent rows with --row; a file is predicted for where the model is");
                    PredictResponse answer = await client.PredictAsync(name, RowsOf(text), stop);
                    foreach (PredictionView prediction in answer.Predictions)
                        Console.Out.WriteLine(PredictionLine.Of(prediction));
                }
                return ExitCode.Done;
            }
            string folder = ModelPath.Of(name);
            await using IPredictor predictor = new NetworkPredictorFactory().Load(folder, Path.GetFileName(name), "local");
            var network = (NetworkPredictor)predictor;
            using TensorBuffers input = predictor.Info.NewInput(), output = predictor.Info.NewOutput();
            if (text is not null)
            {
                using JsonDocument rows = JsonDocument.Parse(RowsOf(text).ToJsonString());
                network.Encode(rows.RootElement, input);
                await PrintAsync(predictor, input, output, stop);
                return ExitCode.Done;
            }
            foreach (RowBlock block in FileSource.ForModel(file!, folder).Open(new SourceContext()).Read(stop))
            {
                network.Encode(block, input);
                await PrintAsync(predictor, input, output, stop);
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task PrintAsync(IPredictor predictor, TensorBuffers input, TensorBuffers output, CancellationToken stop)
    {
        await predictor.RunAsync(input, output, stop);
        foreach (Prediction prediction in Prediction.Read(predictor.Info, output))
            Console.Out.WriteLine(PredictionLine.Of(prediction));
    }

    private static JsonArray RowsOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) switch
            {
                JsonArray { Count: 0 } => throw new CommandException("--row is an empty array: at least one row is needed"),
                JsonArray rows => rows,
                JsonObject one => [one],
                _ => throw new CommandException("--row takes a JSON object of field names and values, or an array of them"),
            };
        }
        catch (JsonException e)
        {
            throw new CommandException($"--row is no JSON: {e.Message}");
        }
    }
}
