"""What is done with public notices: prepared and hung out, ended, objected to."""
