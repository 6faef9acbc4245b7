using System.CommandLine;
using System.CommandLine.Help;
using Sarsen.Terminal;

namespace Sarsen.Commands;

/// <summary><c>sarsen</c>: the verbs.</summary>
internal static class Root
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Prepares data, trains, evaluates, registers, deploys and serves models, in one program.")
        {
            QuickstartCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            PredictCommand.Create(),
            RunCommand.Create(),
            ChatCommand.Create(),
            OptimizeCommand.Create(),
            QuantizeCommand.Create(),
            ConvertCommand.Create(),
            DataCommand.Create(),
            InspectCommand.Create(),
            BenchCommand.Create(),
            ModelsCommand.Create(),
            DeployCommand.Create(),
            ServeCommand.Create(),
            KeysCommand.Create(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, ["sarsen quickstart --once", "sarsen train spec.yaml", "sarsen serve"]);
        return root;
    }
}
