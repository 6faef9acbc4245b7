using System.CommandLine;
using System.Globalization;
using Sarsen.Server.Features.Deployments;
using Sarsen.Services;
using Sarsen.Terminal;
using Spectre.Console;

namespace Sarsen.Commands;

/// <summary><c>sarsen deploy</c>: what is served.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("model") { Description = "A registered model, also with a version or alias: digits-cnn@3.", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string?>("--name") { Description = "What clients call it; the model's name when not given." };
        var replicas = new Option<int?>("--replicas") { Description = "Copies that work at the same time.", HelpName = "n" };
        var batch = new Option<int?>("--max-batch") { Description = "Samples in a batch, at most.", HelpName = "n" };
        var delay = new Option<int?>("--max-delay-ms") { Description = "How long a request waits for others, at most.", HelpName = "ms" };
        var delete = new Option<string?>("--delete") { Description = "Delete the deployment of this name.", HelpName = "name" };
        var command = new Verb("deploy", "Deploys a registered model, changes a deployment, or lists what is deployed.",
            "sarsen deploy digits-cnn",
            "sarsen deploy digits-cnn@production --replicas 2",
            "sarsen deploy")
        {
            model, name, replicas, batch, delay, delete,
        };
        command.RunOnService(async (service, parsed, stop) =>
        {
            string? asked = parsed.GetValue(model), gone = parsed.GetValue(delete);
            if (asked is not null && gone is not null)
                throw new CommandException("deploy takes a model, or --delete and a name, not both");
            if (gone is not null)
                await service.DeleteDeploymentAsync(gone, stop);
            if (asked is null)
                return await service.ListDeploymentsAsync(stop);
            string[] parts = asked.Split('@', 2);
            var request = new CreateDeployment(parsed.GetValue(name) ?? parts[0], parts[0], parts.Length > 1 ? parts[1] : null,
                parsed.GetValue(replicas), parsed.GetValue(batch), parsed.GetValue(delay));
            return [await service.DeployAsync(request, stop)];
        }, Show);
        return command;
    }

    private static void Show(IReadOnlyList<DeploymentLine> deployments)
    {
        if (deployments.Count == 0)
        {
            Screen.Console.WriteLine("nothing is deployed; sarsen deploy MODEL deploys a registered model");
            return;
        }
        Table table = new Table().Border(TableBorder.Simple).AddColumns("deployment", "model", "version", "replicas", "state");
        foreach (DeploymentLine d in deployments)
        {
            table.AddRow(Markup.Escape(d.Name), Markup.Escape(d.Model), d.Version.ToString(CultureInfo.InvariantCulture), d.Replicas.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(d.Reason is { } why ? $"{d.State}: {why}" : d.State == "stored" ? "stored; sarsen serve serves it" : d.State));
        }
        Screen.Console.Write(table);
    }
}
