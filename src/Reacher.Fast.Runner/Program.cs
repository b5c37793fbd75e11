using Reacher.Fast;

return ReacherFast.Run(args);
