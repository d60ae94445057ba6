;;; lldb-go.el --- Go programs in dape, by lldb-dap and lldb-go  -*- lexical-binding: t -*-

;; (load "PATH/lldb-go.el"), then M-x dape and lldb-go, lldb-go-attach or lldb-go-core.

;;; Code:

(defvar lldb-go-library "PREFIX/lib/lldb-go/liblldb-go.so"
  "The plugin, where `cmake --install' or the package put it.")

(defvar lldb-go-adapter "lldb-dap"
  "LLDB's debug adapter; Debian calls it lldb-dap-19, say.")

(defun lldb-go--init-commands ()
  "What LLDB runs before it knows of the program."
  (vector (concat "plugin load " (expand-file-name lldb-go-library))))

(defun lldb-go--program ()
  "Ask for the program."
  (expand-file-name (read-file-name "Go program: " nil nil t)))

(defun lldb-go--core ()
  "Ask for the core file."
  (expand-file-name (read-file-name "Core file: " nil nil t)))

(defun lldb-go--configuration (name &rest more)
  "A configuration of `dape' called NAME, with MORE keys of lldb-dap."
  `(,name
    modes (go-mode go-ts-mode asm-mode)
    command lldb-go-adapter
    command-cwd dape-command-cwd
    :type "lldb-dap"
    :program lldb-go--program
    :initCommands lldb-go--init-commands
    :preRunCommands ["go-bridge on"]
    ,@more))

(with-eval-after-load 'dape
  (defvar dape-configs)
  (dolist (configuration
           (list (lldb-go--configuration 'lldb-go :request "launch" :cwd "." :args [])
                 (lldb-go--configuration 'lldb-go-attach :request "attach"
                                         :pid (lambda () (read-number "Process: ")))
                 (lldb-go--configuration 'lldb-go-core :request "attach" :coreFile 'lldb-go--core)))
    (setf (alist-get (car configuration) dape-configs) (cdr configuration))))

(provide 'lldb-go)
;;; lldb-go.el ends here
