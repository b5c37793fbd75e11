using Reacher.Fast.Runner.Commands;

return CommandLine.Run(args);
