using System.CommandLine;
using System.Runtime.InteropServices;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Runner.Commands;

/// <summary>
/// The roles of a run's processes, as hidden verbs. The supervisor starts them; by hand, without <c>--supervisor</c>, one can be run under a debugger
/// beside a run that lacks it.
/// </summary>
internal static class RoleCommands
{
    public static IEnumerable<Command> Create() =>
    [
        Role("role-env", "Step one environment of a run and write its transitions.", EnvironmentProcess.Run),
        Role("role-learner", "Learn from a run's replay and publish weights.", (files, plan, _, context) => LearnerProcess.Run(files, plan, context)),
        Role("role-eval", "Measure a run's newest weights without exploration.", EvaluationProcess.Run),
    ];

    private static Command Role(string verb, string description, Func<RunFolder, RunPlan, int, RoleContext, int> run)
    {
        var folder = new Argument<string>("run") { Description = "The run's folder." };
        var index = new Option<int>("--index") { Description = "Number of this process among those of its role." };
        var supervisor = new Option<ulong?>("--supervisor") { Description = "Incarnation of the process to end with." };
        var command = new Command(verb, description) { folder, index, supervisor };
        command.Hidden = true;
        command.SetAction(result =>
        {
            RunPlan plan = RunPlan.Load(RunFolder.PlanIn(result.GetValue(folder)!));
            var files = new RunFolder(result.GetValue(folder)!, plan.Behavior);
            using SupervisorWatch? watch = result.GetValue(supervisor) is ulong incarnation ? new SupervisorWatch(incarnation) : null;
            // Ctrl-C, timeout(1) and service managers signal the whole process group; ending the run is the supervisor's to decide.
            using PosixSignalRegistration? interrupt = watch is null ? null : PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
            using PosixSignalRegistration? terminate = watch is null ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ignore);
            try
            {
                return run(files, plan, result.GetValue(index), new RoleContext(watch?.SupervisorGone ?? CancellationToken.None));
            }
            catch (Exception e) when (e is PlayerLostException or OperationCanceledException && IsEnding(files))
            {
                // Ctrl-C reaches the player too, which may be gone before this process has seen that the run ends; or it hung, and was ended.
                return ExitCodes.Done;
            }
        });
        return command;

        static bool IsEnding(RunFolder files)
        {
            using ControlBlock control = ControlBlock.Open(files.Control);
            return control.ShouldStop;
        }

        static void Ignore(PosixSignalContext signal) => signal.Cancel = true;
    }
}
