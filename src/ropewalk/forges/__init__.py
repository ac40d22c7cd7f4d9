"""GitHub, GitLab, Forgejo, or a local folder that acts as one."""
